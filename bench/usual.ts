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
import { workingTree } from "../src/repository/working-tree.ts";
import { linesOf, type Scripted, word } from "./usual-checks.ts";
import { type Transcript, transcriptOf } from "./usual-suite.ts";

export interface UsualScript {
  /** How many checks of the plan it does. */
  readonly checks: number;
  readonly migrations: number;
}

/** @param to an empty directory; the script is started in its `project`, with its `steps` as argument */
export async function writeUsual(root: string, to: string): Promise<UsualScript> {
  const tree = workingTree(root);
  const reading = readPlanOf(tree, "phasegate.yml");
  if ("mistakes" in reading) throw new Error(reading.mistakes[0].message);
  const { plan } = reading.read;
  const paths = listMigrations(tree.list(), plan.migrations.dir).map(({ path }) => path);
  const owned = ownership(
    reading.read,
    paths.map((path) => basename(path)),
    tree.list(),
  );
  for (const part of ["project", "steps"]) mkdirSync(join(to, part), { recursive: true });
  for (const part of ["migrations", "db"]) cpSync(join(root, part), join(to, "project", part), { recursive: true });
  writeParts(tree, paths, join(to, "steps"));

  const transcripts = await transcriptsOf(
    tree,
    plan.phases.flatMap(({ gates }) => gates.flatMap(({ checks }) => checks)),
  );
  for (const [file, { sql, expected }] of transcripts) {
    writeFileSync(join(to, "steps", `play-${basename(file)}`), sql);
    writeFileSync(join(to, "steps", `play-${basename(file)}.expected`), expected);
  }
  const scriptOf = (phase: string): Scripted => ({
    migrations: paths.filter((path) => owned.phases.get(phase)?.migrations.includes(basename(path))),
    files: (glob) => tree.list().filter((path) => picomatch.isMatch(path, glob, { dot: true })),
    part: partName,
    trip: (migration) => `trip_${paths.indexOf(migration)}`,
    transcript: (file) => ({ sql: `play-${basename(file)}`, expected: `play-${basename(file)}.expected` }),
  });

  const travelling = plan.phases
    .filter(({ gates }) => gates.some(({ checks }) => checks.some(({ kind }) => kind === "reversible")))
    .flatMap(({ id }) => scriptOf(id).migrations);
  const checks = plan.phases.flatMap(({ id, gates }) =>
    gates.flatMap((gate) =>
      gate.checks.map(({ kind, params }) => ({ kind, lines: linesOf(kind, params, scriptOf(id)) })),
    ),
  );
  const lines = [
    ...roles(plan.postgres.roles),
    ...paths.flatMap((path, at) => [
      ...(travelling.includes(path)
        ? ["echo '@ clone'", `run postgres -c "CREATE DATABASE trip_${at} OWNER app_owner TEMPLATE gates"`]
        : []),
      "echo '@ migrations'",
      `migrate gates "$steps"/${word(partName(path, "up"))}`,
    ]),
    `schema=${word(schemaQuery)}`,
    ...checks.flatMap(({ kind, lines }) => [`echo '@ checks ${kind}'`, ...lines]),
  ];
  writeFileSync(join(to, "steps", "steps.sh"), lines.map((line) => `${line}\n`).join(""));
  return { checks: checks.length, migrations: paths.length };
}

const partName = (migration: string, part: "up" | "down"): string => `${basename(migration, ".sql")}.${part}.sql`;

function writeParts(tree: Tree, paths: readonly string[], to: string): void {
  for (const path of paths) {
    const { up, down } = readSections(tree.read(path) ?? "");
    writeFileSync(join(to, partName(path, "up")), up.text);
    writeFileSync(join(to, partName(path, "down")), down?.text ?? "");
  }
}

/** Every suite that a check of the plan names. */
async function transcriptsOf(
  tree: Tree,
  checks: readonly { readonly kind: string; readonly params: unknown }[],
): Promise<ReadonlyMap<string, Transcript>> {
  const globs = checks.flatMap(({ kind, params }) => (kind === "suite" ? kinds.suite.params.parse(params).files : []));
  const found = new Map<string, Transcript>();
  for (const file of tree.list().filter((path) => picomatch.isMatch(path, globs, { dot: true }))) {
    found.set(file, await transcriptOf(tree.read(file) ?? ""));
  }
  return found;
}

const roles = (planned: readonly { readonly name: string; readonly bypassrls: boolean }[]): string[] => [
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
