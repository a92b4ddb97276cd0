import { type ClaimedPhase, type Claims, claims } from "./claimed.ts";
import type { Output } from "./output.ts";
import type { Place } from "./plan-path.ts";
import { type ClaimArguments, refusal } from "./status.ts";

/** What may be worked on. */
export interface Next {
  /** The next action, in one sentence, or that there is none. */
  readonly action: string;
  readonly allowed: readonly Work[];
  readonly prohibited: readonly (Work & { readonly why: readonly string[] })[];
}

interface Work {
  readonly phase: string;
  readonly title: string;
  /** Globs of files. */
  readonly paths: readonly string[];
  readonly objects: readonly string[];
}

/** What may be worked on now, with the one next action, and what is prohibited. Needs no database. */
export function nextCommand({ base, json }: ClaimArguments, { root, plan }: Place, output: Output): 0 | 2 | 3 {
  const claimed = claims(root, plan, base);
  const refused = refusal(claimed, output);
  if (refused !== undefined || !("phases" in claimed)) return refused ?? 3;
  const next = nextOf(claimed);
  output.out(json ? `${JSON.stringify(next, null, 2)}\n` : text(next));
  return 0;
}

const workOf = ({ id, title, owns, document }: ClaimedPhase): Work => ({
  phase: id,
  title,
  paths: [...owns.migrations, ...owns.files, document],
  objects: owns.objects,
});

/** Pure. */
export function nextOf({ phases, read, measure }: Claims): Next {
  const open = phases.filter(({ state }) => state === "in-progress" || state === "not-started");
  const unmerged = phases.find(({ state, onBase }) => state === "claimed" && onBase === false);
  const begun = open.find(({ state }) => state === "in-progress") ?? open[0];
  return {
    action:
      actionOf(read, begun, unmerged) ??
      planFirst(
        read,
        phases.filter(({ isNew }) => isNew),
        measure,
      ) ??
      "Every phase of the plan is claimed verified: nothing is left to do.",
    allowed: open.map(workOf),
    prohibited: phases
      .filter(({ state }) => state === "prohibited")
      .map((phase) => ({ ...workOf(phase), why: phase.blockers })),
  };
}

function actionOf(
  { plan }: Claims["read"],
  open: ClaimedPhase | undefined,
  unmerged: ClaimedPhase | undefined,
): string | undefined {
  if (open?.state === "in-progress") {
    return `Finish ${open.id}: \`phasegate run\` says what its gates still want; when they hold, \`phasegate verify ${open.id}\`, and commit ${open.document}.`;
  }
  if (unmerged)
    return `Merge ${unmerged.id}, which is claimed verified here and not on base; what comes after it may begin then.`;
  if (open) {
    const first = open.owns.migrations[0] ?? open.owns.files[0] ?? `a migration in ${plan.migrations.dir}/`;
    return `Begin ${open.id} (${open.title}): write ${first}; \`phasegate explain ${open.id}\` says what its gates ask.`;
  }
  return undefined;
}

function planFirst(
  { file }: Claims["read"],
  added: readonly ClaimedPhase[],
  { against }: Claims["measure"],
): string | undefined {
  const [first] = added;
  if (!first) return undefined;
  const changed = new Set(against?.changes.map(({ path }) => path));
  const files = added.flatMap((phase) => phase.files);
  const begun = files.filter((path) => changed.has(path));
  const onBase = new Set(against?.tree.list());
  const there = files.filter((path) => onBase.has(path));
  const without = begun.length === 0 ? "" : `, without ${begun.join(", ")}`;
  const owner = there.length === 0 ? "" : ` A plan owner has to approve it: base has ${there.join(", ")} already.`;
  return `Merge ${file} first${without}: ${added.map(({ id }) => id).join(", ")} ${added.length === 1 ? "is" : "are"} new in it, and may begin once base has it.${owner}`;
}

function text({ action, allowed, prohibited }: Next): string {
  const work = ({ phase, title, paths, objects }: Work): string[] => [
    `  ${phase}  ${title}`,
    ...paths.map((path) => `      ${path}`),
    ...(objects.length === 0 ? [] : [`      objects: ${objects.join(", ")}`]),
  ];
  return [
    action,
    ...(allowed.length === 0 ? [] : ["", "May be worked on:", ...allowed.flatMap(work)]),
    ...(prohibited.length === 0
      ? []
      : [
          "",
          "Prohibited:",
          ...prohibited.flatMap((each) => [...work(each), ...each.why.map((why) => `      because ${why}`)]),
        ]),
    "",
  ].join("\n");
}
