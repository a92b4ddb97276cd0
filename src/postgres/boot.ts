import type { Server } from "../model/ports.ts";
import { docker } from "./docker.ts";
import { embedded } from "./embedded.ts";
import { local } from "./local.ts";
import { type BootOptions, type Provider, Unavailable, wordsOf } from "./provider.ts";
import { url } from "./url.ts";

export type { BootOptions } from "./provider.ts";
export { Unavailable } from "./provider.ts";

const owned: Readonly<Record<"local" | "embedded" | "docker", Provider>> = { local, embedded, docker };

/**
 * A PostgreSQL server of the wanted major version, ready for connections. Whoever asks for it calls `stop`; if this
 * process ends without it, by whatever means, an owned server ends and its files are removed all the same.
 * @throws Unavailable where there is none: each provider that was tried, why it does not serve, and what to do
 */
export async function boot(options: BootOptions): Promise<Server> {
  const { provider } = options;
  if (provider === "auto") return first(options);
  const server = await (typeof provider === "object" ? url : owned[provider])(options).catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    throw new Unavailable(`This run needs PostgreSQL ${options.major}; ${error.message}. ${error.help}`, error.help, {
      cause: error,
    });
  });
  return { ...server, why: "" };
}

async function first(options: BootOptions): Promise<Server> {
  const lent = options.env.PHASEGATE_POSTGRES_URL;
  const order: readonly (readonly [name: string, take: () => ReturnType<Provider>])[] = [
    ...(lent ? ([["url", () => url({ ...options, provider: { url: lent } })]] as const) : []),
    ...Object.entries(owned).map(([name, take]) => [name, () => take(options)] as const),
  ];
  const passed: { readonly name: string; readonly error: unknown }[] = [];
  for (const [name, take] of order) {
    try {
      const server = await take();
      return { ...server, why: whyTaken(name, options.major, passed) };
    } catch (error) {
      passed.push({ name, error });
    }
  }
  throw noneLeft(options.major, passed);
}

type Passed = readonly { readonly name: string; readonly error: unknown }[];

const reasonOf = ({ name, error }: Passed[number]): string =>
  error instanceof Unavailable ? error.message : `${name} failed: ${wordsOf(error)}`;

function whyTaken(name: string, major: number, passed: Passed): string {
  if (passed.length === 0) return "";
  return `PostgreSQL ${major} comes from ${name}: this run needs ${major}; ${passed.map(reasonOf).join("; ")}.`;
}

function noneLeft(major: number, passed: Passed): Unavailable {
  const help = passed
    .map(({ error }) => (error instanceof Unavailable ? error.help : ""))
    .filter((text) => text !== "");
  const reasons = passed.map((each) => `  - ${reasonOf(each)}`);
  return new Unavailable(
    [
      `This run needs PostgreSQL ${major}, and no provider has it:`,
      ...reasons,
      "Do one of these:",
      ...help.map((text) => `  - ${text}`),
    ].join("\n"),
    help.join(" "),
    { cause: new AggregateError(passed.map(({ error }) => error)) },
  );
}
