/** Small worlds and what is done in them, in words. */

import type { Deed, Plan, Step } from "./property-world.ts";

const named = (id: string): string => `the migration of ${id}`;

const worded = {
  right: "rightly",
  other: "rightly, in other words",
  nullable: "nullable",
  keyless: "without its key",
  broken: "so that it cannot be applied",
} as const;

const deedWords = (deed: Deed): string =>
  deed.what === "makes"
    ? `makes the object of ${deed.object} (${worded[deed.how]})`
    : deed.what === "defaults"
      ? `gives the object of ${deed.object} a default`
      : `drops NOT NULL from the object of ${deed.object}`;

/** A step as a sentence. */
export function words(step: Step): string {
  switch (step.do) {
    case "write":
    case "rewrite":
      return `${step.do} ${named(step.phase)}, ${worded[step.how]}${step.smuggles === undefined ? "" : `, with the object of ${step.smuggles} in it`}`;
    case "add":
      return `add a migration of ${step.phase} that ${deedWords(step.deed)}`;
    case "backdate":
      return `backdate ${named(step.phase)}`;
    case "withdraw":
      return `delete the migrations and the document of ${step.phase}`;
    case "verify":
      return `issue the document of ${step.phase}`;
    case "tear":
      return `delete the document of ${step.phase}`;
    case "forge":
      return `forge the document of ${step.phase} (${step.how}, of ${step.of})`;
    case "weaken":
      return `weaken the plan: ${Object.values(step.by).join(" ")}`;
    case "extend":
      return `extend the plan: ${typeof step.by === "string" ? step.by : `a gate of ${step.by.gate}`}`;
    case "unplan":
      return "delete the plan";
    case "abandon":
      return "go back to base";
    case "propose":
      return step.forced ? "propose it, and merge it whatever is said" : "propose it";
  }
}

export function planWords({ predecessors, incomplete, phases }: Plan): string {
  const each = phases.map(
    ({ id, after, on, gates }) =>
      `${id}${on === undefined ? "" : ` on ${on}`} after [${after.join(" ")}] asks ${gates.map(({ asks }) => asks).join("+")}`,
  );
  return `predecessors: ${predecessors}, incomplete: ${incomplete}; ${each.join("; ")}`;
}
