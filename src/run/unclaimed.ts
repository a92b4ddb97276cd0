/** Migrations that belong to no phase. */

import type { Findings, PhaseResult, Violation } from "../model/report.ts";
import type { Ownership } from "../plan/ownership.ts";
import type { ReadPlan } from "../plan/read.ts";
import type { ChangedMigration } from "./assess.ts";
import { declaring } from "./effects.ts";
import { migrationFailed } from "./migration-failed.ts";
import type { Replay } from "./replay.ts";

/** One that cannot be applied: no phase has a gate that could say so. */
export function unclaimedFailure(
  { failure }: Replay,
  { unclaimed }: Ownership,
  isChanged: (path: string) => boolean,
): Violation[] {
  if (!failure) return [];
  const { path } = failure.migration;
  if (!isChanged(path) || !unclaimed.some((name) => path.endsWith(`/${name}`))) return [];
  const finding = migrationFailed(failure);
  const place = finding.place ?? { file: path, line: 1 };
  return [{ code: "migration-failed", findings: [finding], place, consequences: [] }];
}

/**
 * Changed migrations that the replay did not reach, because one that base has already cannot be applied: what they do to
 * whose objects is not known, and is not taken for nothing.
 */
export function unexamined(
  { failure, applied, migrations }: Replay,
  isChanged: (path: string) => boolean,
): Violation[] {
  if (!failure || isChanged(failure.migration.path)) return [];
  const unseen = migrations.slice(applied + 1).filter(({ path }) => isChanged(path));
  if (unseen.length === 0) return [];
  const finding = migrationFailed(failure);
  const place = finding.place ?? { file: failure.migration.path, line: 1 };
  const message = `${finding.message} So nobody can tell what ${unseen.map(({ path }) => path).join(", ")} would do after it.`;
  return [{ code: "migration-failed", findings: [{ ...finding, message }], place, consequences: [] }];
}

/** All of them where the plan refuses them, else those that change what a phase owns and has not verified on base. */
export function unclaimedMigrations(
  { plan, at }: ReadPlan,
  owned: Ownership,
  isChanged: (path: string) => boolean,
  phases: readonly PhaseResult[],
  changed: readonly ChangedMigration[],
): Violation[] {
  const open = new Set(phases.filter(({ atBase }) => atBase === "none").map(({ id }) => id));
  return owned.unclaimed.flatMap((name): readonly Violation[] => {
    const path = `${plan.migrations.dir}/${name}`;
    if (!isChanged(path)) return [];
    const place = { file: path, line: 1 };
    const violation = (message: string, help: string): Violation => {
      const findings: Findings = [{ code: "unclaimed-migration", message, help, place }];
      return { code: "unclaimed-migration", findings, place: at(["phases"]), consequences: [] };
    };
    if (plan.policy["ordinary-migrations"] === "refuse") {
      return [
        violation(
          `${path} belongs to no phase; every migration needs one.`,
          "Let a phase own it (`owns.migrations`), or set `ordinary-migrations: allow` in the plan's policy.",
        ),
      ];
    }
    const takes = (changed.find((each) => each.path === path)?.effects ?? []).flatMap((effect) =>
      declaring(plan.phases, effect.named)
        .filter((phase) => open.has(phase))
        .map((phase) => ({ phase, what: `${effect.object} (${effect.how})` })),
    );
    if (takes.length === 0) return [];
    const owners = [...new Set(takes.map(({ phase }) => phase))].join(" and ");
    const what = takes.map((take) => take.what).join(", ");
    return [
      violation(
        `${path} belongs to no phase and changes what ${owners} owns and has not verified: ${what}.`,
        `Make it a migration of ${owners}, or leave alone what is not verified.`,
      ),
    ];
  });
}
