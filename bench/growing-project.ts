import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes a project with a plan of so many gates over so many phases. Every phase has one migration, which makes one
 * table, and every gate has one check, on a column of its own: so the schema grows with the plan, as plans do.
 */
export function writeGrowingProject(directory: string, gateCount: number, phaseCount: number): void {
  mkdirSync(join(directory, "migrations"), { recursive: true });
  const phases = Array.from({ length: phaseCount }, (_, phase) => {
    const share = (upTo: number) => Math.floor((gateCount * upTo) / phaseCount);
    const gates = Array.from({ length: share(phase + 1) - share(phase) }, (_, gate) => gate + 1);
    writeFileSync(join(directory, "migrations", migrationOf(phase + 1)), migrationText(phase + 1, gates));
    return phaseText(phase + 1, gates);
  });
  writeFileSync(
    join(directory, "phasegate.yml"),
    `version: 1\nname: Growth\npostgres: { version: 18 }\nphases:\n${phases.join("")}`,
  );
}

const migrationOf = (phase: number): string => `${20_250_101_000_000_000 + phase * 1_000}_create-t${phase}.sql`;

const migrationText = (phase: number, gates: readonly number[]): string => `-- Up Migration

CREATE TABLE t${phase} (
${gates.map((gate) => `    c${gate} integer NOT NULL DEFAULT 0 CONSTRAINT ck_t${phase}_c${gate} CHECK (c${gate} >= 0)`).join(",\n")}
);

-- Down Migration

DROP TABLE t${phase};
`;

const phaseText = (phase: number, gates: readonly number[]): string => `  - id: P${phase}
    title: Table ${phase}
    after: [${phase === 1 ? "" : `P${phase - 1}`}]
    owns: { migrations: ["*_create-t${phase}.sql"] }
    gates:
${gates.map((gate) => gateText(phase, gate)).join("")}`;

const gateText = (phase: number, gate: number): string => `      - id: P${phase}.${gate}
        title: Column ${gate} of table ${phase}
        checks:
          - ${checks[gate % checks.length]?.(`t${phase}`, `c${gate}`)}
`;

/** One check after the other, so that every phase has all kinds. */
const checks: readonly ((table: string, column: string) => string)[] = [
  (table, column) => `column: { table: ${table}, name: ${column}, type: integer, nullable: false, default: "0" }`,
  (table, column) =>
    `constraint: { table: ${table}, name: ck_${table}_${column}, type: check, columns: [${column}], definition: ${column} >= 0 }`,
  (table, column) =>
    `sql: { name: ${column} of ${table} is there, query: "SELECT count(*) = 1 FROM pg_attribute WHERE attrelid = to_regclass('${table}') AND attname = '${column}'", gives: true, sabotage: ALTER TABLE ${table} DROP COLUMN ${column} }`,
  (table, column) =>
    `statement: { name: ${column} of ${table} below 0 is refused, sql: INSERT INTO ${table} (${column}) VALUES (-1), fails-with: { condition: check_violation, constraint: ck_${table}_${column} } }`,
];
