import type { CheckKind, Example } from "../../src/checks/kind.ts";
import type { RedProof } from "../../src/model/report.ts";
import { type Claim, type Look, look, type Sight } from "../../src/run/look.ts";
import { prove } from "../../src/run/prove.ts";
import type { cluster } from "../migrate/world.ts";
import { treeOf } from "../migrate/world.ts";

const refuse = (): never => {
  throw new Error("it looks at no database");
};

/** Files of an example: the migrations before the phase, the phase's one, and what it reads. */
export const filesOf = ({ before, setup, files }: Example<unknown>): { readonly [path: string]: string } => ({
  ...(before === undefined ? {} : { "migrations/1_before.sql": before }),
  "migrations/2_example.sql": setup ?? "",
  ...files,
});

/** Looks at a phase that holds all migrations from 2 on, and proves it where it holds. */
export async function tryKind(
  server: ReturnType<typeof cluster>,
  kind: CheckKind,
  params: unknown,
  files: { readonly [path: string]: string },
): Promise<Look & { readonly prove: () => Promise<RedProof> }> {
  const { laboratory, paths } = await server.laboratory(files);
  const claim: Claim = { kind, params: kind.params.parse(params) };
  const sight: Sight = {
    database: { query: refuse, attempt: refuse, act: refuse },
    tree: treeOf(files),
    laboratory,
    linter: { lint: refuse, rules: refuse },
    programs: { run: refuse },
    approvals: { ask: refuse },
    subject: { phase: "1", migrations: paths.filter((path) => !path.includes("/1_")), created: [], major: 18 },
  };
  const seen = await look(claim, sight);
  return {
    ...seen,
    prove: () =>
      prove(claim, seen.evidence?.observed ?? null, { status: "none", reason: "at head only" }, (work) => work(sight)),
  };
}

/** Codes of the findings, each once, in order; or the status. */
export const codesOf = ({ verdict }: Look): readonly string[] =>
  verdict.status === "failed"
    ? [...new Set(verdict.findings.map(({ code }) => code))]
    : [verdict.status === "errored" ? verdict.reason : verdict.status];

/** The messages of the findings. */
export const messagesOf = ({ verdict }: Look): string =>
  verdict.status === "failed" ? verdict.findings.map(({ message }) => message).join("\n") : verdict.status;
