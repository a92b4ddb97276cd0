import type { CheckKind, Subject } from "../../src/checks/kind.ts";
import type { Json } from "../../src/model/json.ts";
import { overlay, type Tree } from "../../src/model/ports.ts";
import type { RedProof } from "../../src/model/report.ts";
import { type Claim, type Look, look, type Sight } from "../../src/run/look.ts";
import { prove } from "../../src/run/prove.ts";
import type { server } from "./server.ts";

export const treeOf = (files: { readonly [path: string]: string }): Tree =>
  overlay({ read: () => undefined, list: () => [] }, files);

const refuse = (): never => {
  throw new Error("this kind looks at no migrations");
};

export interface Trial {
  readonly setup: string;
  readonly files?: { readonly [path: string]: string };
  readonly params: unknown;
  readonly created?: readonly string[];
}

/** Looks at the check in a world of its own and, where it holds, proves it. */
export async function tryKind(
  { on, laboratory }: ReturnType<typeof server>,
  kind: CheckKind,
  { setup, files = {}, params, created = [] }: Trial,
): Promise<Look & { readonly red?: RedProof }> {
  const claim: Claim = { kind, params: kind.params.parse(params) };
  const subject: Subject = { phase: "1", migrations: [], created, major: 18 };
  const rest = {
    tree: treeOf(files),
    laboratory: await laboratory(setup),
    linter: { lint: refuse, rules: refuse },
    programs: { run: refuse },
    approvals: { ask: refuse },
    subject,
  };
  const withSight = <Result>(work: (sight: Sight) => Promise<Result>) =>
    on(setup, (database) => work({ ...rest, database }));
  const seen = await withSight((sight) => look(claim, sight));
  if (seen.verdict.status !== "passed") return seen;
  const observed: Json = seen.evidence?.observed ?? null;
  return { ...seen, red: await prove(claim, observed, { status: "none", reason: "judged at head" }, withSight) };
}

/** The findings as `code: message`. */
export const said = ({ verdict }: Look): readonly string[] =>
  verdict.status === "failed"
    ? verdict.findings.map(({ code, message }) => `${code}: ${message}`)
    : verdict.status === "errored"
      ? [`errored: ${verdict.reason}`]
      : [];
