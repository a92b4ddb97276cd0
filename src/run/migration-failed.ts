import type { Finding } from "../model/report.ts";
import type { MigrationFailure } from "./ports.ts";
import type { Replay } from "./replay.ts";

export function migrationFailed({ migration, error }: NonNullable<Replay["failure"]>): Finding {
  const statement = error.statement === undefined ? "" : `, in \`${error.statement}\``;
  const said = [`${sentence(error.message)}${statement}`, error.detail, error.hint].filter(
    (part) => part !== undefined,
  );
  return {
    code: "migration-failed",
    message: `${migration.path} cannot be applied: ${said.map((part) => `${sentence(part)}.`).join(" ")}`,
    help: help(error),
    place: { file: migration.path, line: error.line ?? 1 },
  };
}

/** PostgreSQL ends its details and hints with a full stop, and its messages with none. */
const sentence = (text: string): string => text.trim().replace(/\.$/, "");

function help({ condition, message, refusedProgram }: MigrationFailure): string {
  if (refusedProgram) return "Write the migration in SQL, or let the plan say `policy: { programs: allow }`.";
  const [, role] = /^role "(.+)" does not exist$/.exec(message) ?? [];
  if (condition === "undefined_object" && role !== undefined)
    return `Add \`${role}\` to \`postgres.roles\` of the plan, or correct the name in the migration.`;
  // Allowing it (`postgres.migrator: { createrole: true }`) would only make it a `role-change`.
  if (condition === "insufficient_privilege" && message === "permission denied to create role")
    return "Write the role in `postgres.roles` of the plan, and take it out of the migration: roles belong to the whole cluster, and the run makes those of the plan.";
  return "Correct the migration: its up part must run on the database as the migrations before it leave it, as the migrator of the plan.";
}
