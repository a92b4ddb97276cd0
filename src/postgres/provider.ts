import type { Server } from "../model/ports.ts";
import type { Environment } from "../tools/tool-cache.ts";

/** What a run asks of PostgreSQL. */
export interface BootOptions {
  /** `auto` takes the first that has the major version: a lent server, this machine's, the one from npm, a container. */
  readonly provider: "auto" | "local" | "embedded" | "docker" | { readonly url: string };
  readonly major: number;
  readonly env: Environment;
  readonly onProgress?: (message: string) => void;
  /** Where prepared clusters and fetched binaries are kept; the tool cache unless told. */
  readonly cacheDir?: string;
  /** Where the servers' directories are made; shared memory where it has room, else the temporary directory, unless told. */
  readonly runDir?: string;
  /**
   * `pinned`: nothing is executed that a `node_modules` has under a name, be it above this program; what is needed is
   * fetched, with its hash. `installed` unless told.
   */
  readonly packages?: "installed" | "pinned";
  /**
   * Directories whose `node_modules` may hold the embedded binaries, besides this package's own; what lies there is
   * executed. The working directory unless told.
   */
  readonly projects?: readonly string[];
  /** The container's image; PostgreSQL's official one unless told. */
  readonly image?: string;
  /** Server settings for an owned server besides, or instead of, those for speed. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A server without the sentence about the providers before it, which only `boot` knows. */
export type Booted = Omit<Server, "why">;

/**
 * One way to come by a server.
 * @throws Unavailable where it has none of that major version; the message says what it has
 */
export type Provider = (options: BootOptions) => Promise<Booted>;

/** Why a provider was passed over: a clause like `local has 15.18`. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** What to do about it, in the imperative. */
  readonly help: string;
  constructor(reason: string, help: string, options?: ErrorOptions) {
    super(reason, options);
    this.help = help;
  }
}

/** The words of whatever was thrown. By its shape, because under Jest what Node throws is no `Error` of this module's. */
export const wordsOf = (thrown: unknown): string => field(thrown, "message") ?? String(thrown);

/** The code of whatever was thrown, a system's or a SQLSTATE; empty if it has none. */
export const codeOf = (thrown: unknown): string => field(thrown, "code") ?? "";

function field(thrown: unknown, name: "message" | "code"): string | undefined {
  const value: unknown = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, name) : undefined;
  return typeof value === "string" ? value : undefined;
}
