import { nobody } from "../../src/approvals/nobody.ts";
import { created } from "../../src/catalog/compare.ts";
import { readCatalog } from "../../src/catalog/read.ts";
import type { CheckKind, Example, Mutant } from "../../src/checks/kind.ts";
import type { Approvals } from "../../src/model/ports.ts";
import type { Finding, RedProof } from "../../src/model/report.ts";
import { programs } from "../../src/programs/programs.ts";
import { type Claim, type Look, look, type Sight } from "../../src/run/look.ts";
import { prove, type WithSight } from "../../src/run/prove.ts";
import { linter } from "../../src/squawk/linter.ts";
import { type cluster, treeOf } from "../migrate/world.ts";
import { filesOf } from "./round-trips.ts";

export type World = Pick<Example<unknown>, "before" | "setup" | "files" | "reviews">;

const squawk = linter();
const running = programs(process.cwd());
const approvalsOf = ({ reviews }: World): Approvals =>
  reviews ? { ask: async () => reviews } : nobody("nobody is there");
const refuse = (): never => {
  throw new Error("this kind has nothing to look for there");
};

/** A check in the world of an example: its database, or its files. */
export interface Tried {
  readonly claim: Claim;
  /** As it is after the phase. */
  readonly seen: Look;
  /** Just before it, for kinds that are tried there. */
  before(): Promise<Look | undefined>;
  prove(): Promise<RedProof>;
  /** What would be shown to it. */
  mutants(): Promise<readonly Mutant<string>[]>;
}

export function trying(server: ReturnType<typeof cluster>) {
  const databases = new Map<string, Promise<string>>();

  async function make(setup: string): Promise<string> {
    const name = `example_${server.name()}`;
    await server.get().create(name);
    const client = await server.get().connect(name, "migrator");
    try {
      await client.query(setup);
    } finally {
      await client.end();
    }
    return name;
  }
  const database = (setup: string): Promise<string> => {
    const known = databases.get(setup) ?? make(setup);
    databases.set(setup, known);
    return known;
  };

  const laboratories = new Map<string, Promise<Sight>>();
  const laboratory = (files: { readonly [path: string]: string }): Promise<Sight> => {
    const key = JSON.stringify(files);
    const known = laboratories.get(key) ?? replayed(files);
    laboratories.set(key, known);
    return known;
  };
  async function replayed(files: { readonly [path: string]: string }): Promise<Sight> {
    const { laboratory, paths } = await server.laboratory(files);
    const migrations = paths.filter((path) => !path.includes("/1_"));
    return {
      database: { query: refuse, attempt: refuse, act: refuse },
      tree: treeOf(files),
      laboratory,
      linter: squawk,
      programs: running,
      approvals: approvalsOf({}),
      subject: { phase: "1", migrations, created: [], major: 18 },
    };
  }

  return async function attempt(kind: CheckKind, params: unknown, world: World): Promise<Tried> {
    const claim: Claim = { kind, params: kind.params.parse(params) };
    const tried = (seen: Look, on: WithSight, before: Tried["before"]): Tried => {
      const { observed = null } = seen.evidence ?? {};
      return {
        claim,
        seen,
        before,
        prove: () => prove(claim, observed, { status: "none", reason: "not asked here" }, on),
        mutants: () => on(async (sight) => kind.mutants(claim.params, observed, sight)),
      };
    };
    if (kind.looksAt === "laboratory") {
      const sight = await laboratory(filesOf({ ...world, params }));
      return tried(
        await look(claim, sight),
        (work) => work(sight),
        async () => undefined,
      );
    }
    const files = world.files ?? {};
    const [before, after] = [world.before ?? "", `${world.before ?? ""};\n${world.setup ?? ""}`];
    const catalogs = await Promise.all(
      [before, after].map(async (setup) => server.get().transaction(await database(setup), readCatalog)),
    );
    const [was, is] = catalogs;
    const sight: Omit<Sight, "database"> = {
      tree: treeOf(files),
      laboratory: {
        roundTrip: refuse,
        clone: refuse,
        get rehearsing() {
          return this;
        },
      },
      linter: squawk,
      programs: running,
      approvals: approvalsOf(world),
      subject: {
        phase: "1",
        migrations: Object.keys(files).filter((path) => path.startsWith("migrations/")),
        created: was && is ? created(was, is) : [],
        major: 18,
      },
    };
    const on =
      (setup: string): WithSight =>
      async (work) =>
        server.get().transaction(await database(setup), (opened) => work({ ...sight, database: opened }));
    const seen = await on(after)((opened) => look(claim, opened));
    const isTried = kind.looksAt === "database" && kind.points[0] === "after";
    return tried(seen, on(after), async () => (isTried ? on(before)((opened) => look(claim, opened)) : undefined));
  };
}

/** Codes of the findings; or the status, with the reason where it is errored. */
export const codesOf = ({ verdict }: Look): readonly string[] => {
  if (verdict.status === "failed") return verdict.findings.map(({ code }) => code);
  return [verdict.status === "errored" ? `errored: ${verdict.reason}` : verdict.status];
};

export const findingsOf = ({ verdict }: Look): readonly Finding[] =>
  verdict.status === "failed" ? verdict.findings : [];
