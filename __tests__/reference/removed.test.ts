import { expect, test } from "@jest/globals";
import { cli, judged, type Project, referenceProject } from "../support/project.ts";

/** Remove any single thing that a gate of 4A asks for: that gate fails, and says what was found, what was asked, what to do. */

const migration = "migrations/20251113120000000_enhance-allocation-schema.sql";
const spec = "db/docs/specs/attribution_allocations_ddl_spec.sql";
const mapping = "db/docs/contract_schema_mapping.yaml";
const review = "db/docs/reviews/4A_migration_safety_review.md";

const table = "ALTER TABLE attribution_allocations";
const index = "idx_attribution_allocations_tenant_event_model_channel";
const ratio = "ck_attribution_allocations_allocation_ratio";
const channel = "ck_attribution_allocations_channel_code_valid";

/** As the last statements of the up part: the schema that comes of it lacks the thing, however it was made. */
const upEndsWith =
  (sql: string) =>
  (project: Project): void =>
    project.edit(migration, (text) => text.replace("-- Down Migration", () => `${sql};\n\n-- Down Migration`));

const edit =
  (path: string, from: string | RegExp, to: string) =>
  (project: Project): void =>
    project.edit(path, (text) => text.replace(from, () => to));

const rows: readonly [
  thing: string,
  gate: string,
  remove: (project: Project) => void,
  message: RegExp,
  help: RegExp,
][] = [
  [
    "the ratio column",
    "4A.2",
    upEndsWith(`${table} DROP COLUMN allocation_ratio`),
    /attribution_allocations\.allocation_ratio does not exist/,
    /Add it/,
  ],
  [
    "NOT NULL of the ratio",
    "4A.2",
    upEndsWith(`${table} ALTER allocation_ratio DROP NOT NULL`),
    /allocation_ratio is nullable; the plan asks for NOT NULL/,
    /SET NOT NULL/,
  ],
  [
    "the precision of the ratio",
    "4A.2",
    upEndsWith(`${table} ALTER allocation_ratio TYPE numeric`),
    /allocation_ratio is numeric; the plan asks for numeric\(6,5\)/,
    /TYPE numeric\(6,5\)/,
  ],
  ["the CHECK of the ratio", "4A.2", upEndsWith(`${table} DROP CONSTRAINT ${ratio}`), new RegExp(ratio), /./],
  [
    "the upper bound of the ratio",
    "4A.2",
    upEndsWith(`${table} DROP CONSTRAINT ${ratio}, ADD CONSTRAINT ${ratio} CHECK (allocation_ratio >= 0)`),
    /allocation_ratio >= .*0.*; the plan asks/,
    /./,
  ],
  [
    "what the CHECK of the ratio means",
    "4A.2",
    upEndsWith(
      `${table} DROP CONSTRAINT ${ratio}, ADD CONSTRAINT ${ratio} CHECK (allocation_ratio IS NOT NULL OR true)`,
    ),
    /; the plan asks/,
    /./,
  ],
  [
    "the validation of the CHECK",
    "4A.2",
    upEndsWith(
      `${table} DROP CONSTRAINT ${ratio}, ADD CONSTRAINT ${ratio} CHECK (allocation_ratio >= 0 AND allocation_ratio <= 1) NOT VALID`,
    ),
    /NOT VALID|not valid/i,
    /VALIDATE/,
  ],
  [
    "the model version column",
    "4A.3",
    upEndsWith(`DROP INDEX ${index}; ${table} DROP COLUMN model_version`),
    /model_version does not exist/,
    /Add it/,
  ],
  [
    "NOT NULL of the model version",
    "4A.3",
    upEndsWith(`${table} ALTER model_version DROP NOT NULL`),
    /model_version is nullable; the plan asks for NOT NULL/,
    /SET NOT NULL/,
  ],
  ["the channel check", "4A.4", upEndsWith(`${table} DROP CONSTRAINT ${channel}`), new RegExp(channel), /./],
  [
    "a channel of the list",
    "4A.4",
    upEndsWith(
      `${table} DROP CONSTRAINT ${channel}, ADD CONSTRAINT ${channel} CHECK (channel IN ('google_search', 'facebook_ads', 'direct', 'email'))`,
    ),
    /; the plan asks/,
    /./,
  ],
  ["the unique index", "4A.5", upEndsWith(`DROP INDEX ${index}`), new RegExp(index), /./],
  [
    "a column of the index",
    "4A.5",
    upEndsWith(
      `DROP INDEX ${index}; CREATE UNIQUE INDEX ${index} ON attribution_allocations (tenant_id, event_id, channel) WHERE model_version IS NOT NULL`,
    ),
    /tenant_id, event_id, channel/,
    /./,
  ],
  [
    "the uniqueness of the index",
    "4A.5",
    upEndsWith(
      `DROP INDEX ${index}; CREATE INDEX ${index} ON attribution_allocations (tenant_id, event_id, model_version, channel) WHERE model_version IS NOT NULL`,
    ),
    /not unique/,
    /UNIQUE/,
  ],
  [
    "the predicate of the index",
    "4A.5",
    upEndsWith(
      `DROP INDEX ${index}; CREATE UNIQUE INDEX ${index} ON attribution_allocations (tenant_id, event_id, model_version, channel)`,
    ),
    /model_version IS NOT NULL/,
    /./,
  ],
  [
    "rows from under the predicate",
    "4A.5",
    upEndsWith(
      `DROP INDEX ${index}; CREATE UNIQUE INDEX ${index} ON attribution_allocations (tenant_id, event_id, model_version, channel) WHERE model_version IS NULL`,
    ),
    /model_version IS NULL/,
    /./,
  ],
  ["the down part", "4A.1", edit(migration, /-- Down Migration[\s\S]*$/, ""), /[Dd]own/, /./],
  [
    "what the down part does",
    "4A.6",
    edit(migration, /(-- Down Migration\n)[\s\S]*$/, "-- Down Migration\nSELECT 1;\n"),
    /allocation_ratio|down/,
    /./,
  ],
  [
    "what the down part keeps",
    "4A.6",
    edit(migration, /WITH again AS[\s\S]*?'migration:enhance-allocation-schema'\);\n/, ""),
    /attribution_allocations/,
    /./,
  ],
  [
    "a comment",
    "4A.10",
    upEndsWith(`COMMENT ON COLUMN attribution_allocations.model_version IS NULL`),
    /model_version/,
    /COMMENT ON/,
  ],
  ["a line of the spec", "4A.7", edit(spec, /^.*allocation_ratio numeric.*\n/m, ""), /allocation_ratio/, /./],
  [
    "a NOT NULL of the spec",
    "4A.7",
    edit(spec, "model_version text NOT NULL", "model_version text"),
    /model_version/,
    /Bring the file and the migrations to the same/,
  ],
  ["the spec", "4A.7", (project) => project.remove(spec), /does not exist/, /./],
  [
    "a column of the mapping",
    "4A.8",
    edit(mapping, /^ +allocation_ratio:\s*\{.*\n|^( +)allocation_ratio:\n(?:\1 .*\n)+/m, ""),
    /allocation_ratio/,
    /./,
  ],
  [
    "another column of the mapping",
    "4A.8",
    edit(mapping, /^ +model_version: \{.*\n/m, ""),
    /no tables\.attribution_allocations\.columns\.model_version\.type/,
    /Add it to the file/,
  ],
  ["a tick in the review", "4A.9", edit(review, "- [x]", "- [ ]"), /is not ticked/, /tick it/],
  ["the time limit on locks", "4A.9", edit(migration, "SET LOCAL lock_timeout = '5s';", ""), /lock/, /lock_timeout/],
];

test.each(rows)("without %s, %s fails", async (_thing, gate, remove, message, help) => {
  const project = referenceProject();
  try {
    project.keepGates(gate);
    remove(project);
    const { code, report } = await judged(project);
    expect(code).toBe(1);
    expect(report.conclusion).toBe("must-not-be-merged");
    const violation = report.violations.find((candidate) => candidate.gate === gate);
    expect(report.violations.map((candidate) => candidate.gate)).toContain(gate);
    expect(violation?.code).toBe("gate-failed");
    expect(violation?.findings.map((finding) => finding.message).join("\n")).toMatch(message);
    expect(violation?.findings.map((finding) => finding.help).join("\n")).toMatch(help);
  } finally {
    project.dispose();
  }
});

test.each([
  ["the migration", migration, "*_enhance-allocation-schema.sql"],
  ["the review", review, review],
])("without %s, which the phase owns by name, the plan cannot be used", async (_thing, path, glob) => {
  const project = referenceProject();
  try {
    project.remove(path);
    const { code, stdout, stderr } = await cli(["run", "--audit"], { cwd: project.root });
    expect(stderr).toContain(`: \`${glob}\` matches no file`);
    expect(stderr).toMatch(/^phasegate\.yml:\d+:\d+: /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  } finally {
    project.dispose();
  }
});
