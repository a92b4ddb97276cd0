import type { Finding } from "../model/report.ts";
import type { Replay } from "./replay.ts";

export function migrationFailed({ migration, error }: NonNullable<Replay["failure"]>): Finding {
  const words = [error.message, error.detail, error.hint].filter(Boolean).join(" ");
  const statement = error.statement === undefined ? "" : `, in \`${error.statement}\``;
  return {
    code: "migration-failed",
    message: `${migration.path} cannot be applied: ${words}${statement}.`,
    help: "Correct the migration: its up part must run on the database as the migrations before it leave it, as the migrator of the plan.",
    place: { file: migration.path, line: error.line ?? 1 },
  };
}
