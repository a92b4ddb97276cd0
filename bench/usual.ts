/** Writes what usual.sh runs: the plan of a project, as a team would have scripted it. */

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import picomatch from "picomatch";
import { kinds } from "../src/checks/table.ts";
import { readPlanOf } from "../src/judge.ts";
import { listMigrations } from "../src/migration/list.ts";
import { readSections } from "../src/migration/sections.ts";
import type { Tree } from "../src/model/ports.ts";
import { ownership } from "../src/plan/ownership.ts";
import type { ReadPlan } from "../src/plan/read.ts";
import { workingTree } from "../src/repository/working-tree.ts";
import { linesOf, type Scripted, word } from "./usual-checks.ts";
import { transcriptOf } from "./usual-suite.ts";

export interface UsualScript {
  /** How many checks of the plan it does. */
  readonly checks: number;
  readonly migrations: number;
}

/** @param to an empty directory; the script is started in its `project`, with its `calls` as argument */
export async function writeUsual(root: string, to: string): Promise<UsualScript> {
  const tree = workingTree(root);
  const reading = readPlanOf(tree, "phasegate.yml");
  if ("mistakes" in reading) throw new Error(reading.mistakes[0].message);
  const { read } = reading;
  const migrations = listMigrations(tree.list(), read.plan.migrations.dir).map(({ path }) => path);
  const checks = scriptedChecks(read, tree, migrations);

  for (const part of ["project", "calls"]) mkdirSync(join(to, part), { recursive: true });
  for (const part of ["migrations", "db"]) cpSync(join(root, part), join(to, "project", part), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(to, "calls", name), text);
  for (const path of migrations) {
    const { up, down } = readSections(tree.read(path) ?? "");
    write(partName(path, "up"), up.text);
    write(partName(path, "down"), down?.text ?? "");
  }
  for (const file of suitesOf(read, tree)) {
    const { sql, expected } = await transcriptOf(tree.read(file) ?? "");
    write(transcriptName(file), sql);
    write(`${transcriptName(file)}.expected`, expected);
  }
  const lines = [
    ...roleLines(read.plan.postgres.roles),
    ...migrations.flatMap((path) => [...(travels(path, checks) ? copyLines(path, migrations) : []), ...upLines(path)]),
    `schema=${word(schemaQuery)}`,
    ...checks.flatMap(({ kind, lines }) => [`echo '@ checks ${kind}'`, ...lines]),
  ];
  write("calls.sh", lines.map((line) => `${line}\n`).join(""));
  return { checks: checks.length, migrations: migrations.length };
}

interface ScriptedCheck {
  readonly kind: string;
  /** Of the check's phase. */
  readonly migrations: readonly string[];
  readonly lines: readonly string[];
}

function scriptedChecks(read: ReadPlan, tree: Tree, all: readonly string[]): readonly ScriptedCheck[] {
  const names = all.map((path) => basename(path));
  const owned = ownership(read, names, tree.list());
  return read.plan.phases.flatMap(({ id, gates }) => {
    const migrations = all.filter((path) => owned.phases.get(id)?.migrations.includes(basename(path)));
    const script: Scripted = {
      migrations,
      files: (glob) => tree.list().filter((path) => picomatch.isMatch(path, glob, { dot: true })),
      part: partName,
      trip: (migration) => tripName(migration, all),
      transcript: (file) => ({ sql: transcriptName(file), expected: `${transcriptName(file)}.expected` }),
    };
    return gates.flatMap(({ checks }) =>
      checks.map(({ kind, params }) => ({ kind, migrations, lines: linesOf(kind, params, script) })),
    );
  });
}

/** A migration that is reverted needs a copy of the database as it was before it. */
const travels = (path: string, checks: readonly ScriptedCheck[]): boolean =>
  checks.some(({ kind, migrations }) => kind === "reversible" && migrations.includes(path));

const copyLines = (path: string, all: readonly string[]): string[] => [
  "echo '@ clone'",
  `run postgres -c "CREATE DATABASE ${tripName(path, all)} OWNER app_owner TEMPLATE gates"`,
];
const upLines = (path: string): string[] => [
  "echo '@ migrations'",
  `migrate gates "$calls"/${word(partName(path, "up"))}`,
];

/** Every suite that a check of the plan names. */
function suitesOf({ plan }: ReadPlan, tree: Tree): readonly string[] {
  const checks = plan.phases.flatMap(({ gates }) => gates.flatMap(({ checks }) => checks));
  const globs = checks.flatMap(({ kind, params }) => (kind === "suite" ? kinds.suite.params.parse(params).files : []));
  return tree.list().filter((path) => globs.some((glob) => picomatch.isMatch(path, glob, { dot: true })));
}

const partName = (migration: string, part: "up" | "down"): string => `${basename(migration, ".sql")}.${part}.sql`;

const tripName = (migration: string, all: readonly string[]): string => `trip_${all.indexOf(migration)}`;
const transcriptName = (file: string): string => `play-${basename(file)}`;

const roleLines = (planned: readonly { readonly name: string; readonly bypassrls: boolean }[]): string[] => [
  `run postgres -c ${word(
    [
      ...planned.map(({ name, bypassrls }) => `CREATE ROLE ${name} NOLOGIN${bypassrls ? " BYPASSRLS" : ""}`),
      "CREATE ROLE app_owner LOGIN BYPASSRLS",
      "CREATE ROLE tester NOLOGIN IN ROLE app_owner",
    ].join("; "),
  )}`,
  'run postgres -c "CREATE DATABASE gates OWNER app_owner"',
];

/** What `reversible` compares: columns and constraints. */
const schemaQuery = `
  SELECT string_agg(fact, E'\\n' ORDER BY fact) FROM (
    SELECT a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull AS fact
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace) AS facts`;
