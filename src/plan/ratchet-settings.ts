/** What the plan says beside its phases: server, roles, migrations, policy, documents. */

import type { PlanDifference } from "../model/report.ts";
import type { RatchetRequest } from "./ratchet-request.ts";
import { arrow, listText, some } from "./ratchet-words.ts";
import type { Plan } from "./schema.ts";
import type { Path } from "./yaml.ts";

type Direction = PlanDifference["direction"];
type Policy = Plan["policy"];
type Role = Plan["postgres"]["roles"][number];

/** Of two values of a policy, the one that lets more through. */
const laxer: { readonly [Key in Exclude<keyof Policy, "plan-owners">]: Policy[Key] } = {
  predecessors: "head",
  incomplete: "allow",
  "ordinary-migrations": "allow",
  programs: "allow",
};

const without = (list: readonly string[], other: readonly string[]) => list.filter((item) => !other.includes(item));

export function settingsDifferences(request: RatchetRequest): PlanDifference[] {
  const { base, head } = request;
  const [was, is] = [base.plan, head.plan];
  const tell = (direction: Direction, path: Path, message: string): PlanDifference => ({
    direction,
    message,
    place: head.at(path),
  });
  const value = (direction: Direction, path: Path, before: unknown, after: unknown): PlanDifference[] =>
    before === after ? [] : [tell(direction, path, `\`${path.join(".")}\`: ${arrow(before, after)}`)];
  return [
    ...value("neutral", ["name"], was.name, is.name),
    ...value("weaker", ["postgres", "version"], was.postgres.version, is.postgres.version),
    ...rolesDifferences(request),
    ...(["bypassrls", "createrole", "superuser"] as const).flatMap((power) => {
      const [before, after] = [was.postgres.migrator[power], is.postgres.migrator[power]];
      return value(after ? "weaker" : "stronger", ["postgres", "migrator", power], before, after);
    }),
    ...value("weaker", ["migrations", "dir"], was.migrations.dir, is.migrations.dir),
    ...(Object.keys(laxer) as (keyof typeof laxer)[]).flatMap((key) =>
      value(is.policy[key] === laxer[key] ? "weaker" : "stronger", ["policy", key], was.policy[key], is.policy[key]),
    ),
    ...ownersDifferences(request),
    ...value("weaker", ["documents"], was.documents, is.documents),
  ];
}

/** Fewer who may approve a weaker plan are stricter; every other one is somebody whom base does not trust. */
function ownersDifferences({ base, head }: RatchetRequest): PlanDifference[] {
  const path = ["policy", "plan-owners"];
  const [was, is] = [base.plan.policy["plan-owners"], head.plan.policy["plan-owners"]];
  const [gone, added] = [without(was, is), without(is, was)];
  if (gone.length + added.length === 0) return [];
  const direction = added.length > 0 ? "weaker" : "stronger";
  return [{ direction, message: `\`${path.join(".")}\`: ${listText(was, is)}`, place: head.at(path) }];
}

function rolesDifferences({ base, head }: RatchetRequest): PlanDifference[] {
  const [was, is] = [base.plan.postgres.roles, head.plan.postgres.roles];
  const gone = was
    .filter(({ name }) => !is.some((role) => role.name === name))
    .map(({ name }): PlanDifference => {
      const place = base.at(["postgres", "roles", was.findIndex((role) => role.name === name)]);
      return { direction: "weaker", message: `role \`${name}\` is gone`, place };
    });
  const rest = is.flatMap((role, index): PlanDifference[] => {
    const place = head.at(["postgres", "roles", index]);
    const before = was.find(({ name }) => name === role.name);
    return (before ? changed(before, role) : added(role)).map((difference) => ({ ...difference, place }));
  });
  return [...gone, ...rest];
}

type Told = Pick<PlanDifference, "direction" | "message">;

function added({ name, bypassrls, "member-of": groups }: Role): Told[] {
  const powers = [...(bypassrls ? ["bypassrls"] : []), ...groups];
  if (powers.length === 0) return [{ direction: "neutral", message: `role \`${name}\` is new` }];
  return [{ direction: "weaker", message: `role \`${name}\` is new, and has the rights of ${some(powers)}` }];
}

function changed(was: Role, is: Role): Told[] {
  const told: Told[] = [];
  if (was.bypassrls !== is.bypassrls) {
    // With fewer powers too, refusals come that the real role would not get.
    told.push({
      direction: "weaker",
      message: `role \`${is.name}\` \`bypassrls\`: ${arrow(was.bypassrls, is.bypassrls)}`,
    });
  }
  const [gone, more] = [without(was["member-of"], is["member-of"]), without(is["member-of"], was["member-of"])];
  if (gone.length + more.length > 0) {
    told.push({
      direction: "weaker",
      message: `role \`${is.name}\` \`member-of\`: ${listText(was["member-of"], is["member-of"])}`,
    });
  }
  return told;
}
