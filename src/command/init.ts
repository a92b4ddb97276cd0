import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { readPlanOf } from "../judge.ts";
import { listMigrations, type Migration, numericPrefix } from "../migration/list.ts";
import { nameTraps } from "../migration/names.ts";
import { readSections } from "../migration/sections.ts";
import { textTraps } from "../migration/traps.ts";
import type { Tree } from "../model/ports.ts";
import type { Finding } from "../model/report.ts";
import { firstPlan } from "../plan/first-plan.ts";
import { firstWorkflow } from "../plan/first-workflow.ts";
import { knownObjects } from "../plan/known-objects.ts";
import { visible } from "../report/escape.ts";
import { history } from "../repository/git.ts";
import { workingTree } from "../repository/working-tree.ts";
import { branchHere } from "./doctor.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";

export interface InitArguments {
  /** The migrations folder; found unless told. */
  readonly migrations?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const planFile = "phasegate.yml";
const workflowFile = ".github/workflows/phasegate.yml";

/**
 * Writes a first plan, whose gates hold of the migrations that are here, and the workflow that judges changes by it.
 * Of the two, one that is there already is left as it is, unless forced.
 */
export async function initCommand(args: InitArguments, root: string, output: Output): Promise<0 | 2> {
  const refused = (message: string, help: string): 2 => {
    output.error(`${visible(message)}\n${visible(help)}\n`);
    return 2;
  };
  const git = history(root);
  if ("none" in git && git.none !== "no-git") return refused(git.reason, git.help);
  const files = [planFile, workflowFile].filter((file) => args.force || !existsSync(join(root, file)));
  if (files.length === 0)
    return refused(
      `${planFile} and ${workflowFile} are there already; nothing was written.`,
      "Write over both with --force.",
    );
  const tree = workingTree(root);
  if (!files.includes(planFile)) return workflowAlone(tree, root, args, output);
  const dirs =
    args.migrations === undefined ? migrationFolders(tree) : [posix.normalize(args.migrations).replace(/\/$/, "")];
  const [dir, ...others] = dirs;
  if (dir === undefined) {
    return refused(
      "There are no migrations here: no folder `migrations` with files like 20260105100000000_create-orders.sql.",
      "Write the first one (`npx node-pg-migrate create create-orders --migration-file-language sql`), or say where they lie with --migrations DIR.",
    );
  }
  if (others.length > 0)
    return refused(
      `There are several folders of migrations: ${dirs.join(", ")}.`,
      "Say which one is meant with --migrations DIR.",
    );
  const migrations = listMigrations(tree.list(), dir);
  const last = migrations.at(-1);
  if (!last) return refused(`There are no migrations in ${dir}/.`, "Say where they lie with --migrations DIR.");

  const programs = migrations.some(({ kind }) => kind === "program");
  const known = await knownObjects(migrations.map((migration) => upOf(migration, tree)));
  const plan = { name: nameOf(tree, root), version: versionOf(tree), dir, through: last.name, programs, known };
  write(root, planFile, firstPlan(plan));
  if (files.includes(workflowFile)) write(root, workflowFile, firstWorkflow(branchHere(root) ?? "main", programs));
  const traps = await trapsOf(migrations, tree, programs);
  const told = { written: files, dir, migrations: migrations.length, postgres: plan.version, traps };
  output.out(args.json ? `${JSON.stringify(told, null, 2)}\n` : written(files, migrations.length, plan.version, traps));
  return 0;
}

/** Beside a plan that is there: by what it says of programs. */
function workflowAlone(tree: Tree, root: string, args: InitArguments, output: Output): 0 | 2 {
  const reading = readPlanOf(tree, planFile);
  if ("mistakes" in reading) {
    output.error(mistakesText(reading.mistakes));
    return 2;
  }
  write(root, workflowFile, firstWorkflow(branchHere(root) ?? "main", reading.read.plan.policy.programs === "allow"));
  output.out(
    args.json
      ? `${JSON.stringify({ written: [workflowFile] }, null, 2)}\n`
      : `Wrote ${workflowFile}. ${planFile} is there already, and is as it was.\n`,
  );
  return 0;
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const upOf = ({ path, kind }: Migration, tree: Tree): string | undefined =>
  kind === "sql" ? readSections(tree.read(path) ?? "").up.text : undefined;

/** The folder that npm scripts give to node-pg-migrate; otherwise every folder of the usual name with migrations in it. */
function migrationFolders(tree: Tree): readonly string[] {
  const told = /node-pg-migrate[^&|;"]*?\s(?:-m|--migrations-dir)[\s=]+([\w./-]+)/.exec(
    tree.read("package.json") ?? "",
  )?.[1];
  if (told !== undefined) return [posix.normalize(told).replace(/\/$/, "")];
  const folders = tree
    .list()
    .filter((path) => numericPrefix(basename(path)) !== undefined && /\.(?:sql|[cm]?[jt]s)$/.test(path))
    .map((path) => posix.dirname(path))
    .filter((folder) => /^(?:migrations?|migrate)$/.test(posix.basename(folder)));
  const all = [...new Set(folders)];
  // Where node-pg-migrate looks unless told.
  return all.includes("migrations") ? ["migrations"] : all;
}

/** The major version that containers of this repository run, if they agree; the newest otherwise. */
function versionOf(tree: Tree): number {
  const files = tree.list().filter((path) => /^(?:[^/]*compose[^/]*|\.github\/workflows\/[^/]+)\.ya?ml$/.test(path));
  const found = files.flatMap((file) =>
    [...(tree.read(file) ?? "").matchAll(/\bpostgres(?:ql)?:(1[5-8])\b/g)].map(([, major]) => Number(major)),
  );
  const [major, ...others] = new Set(found);
  return major === undefined || others.length > 0 ? 18 : major;
}

function nameOf(tree: Tree, root: string): string {
  const name = /"name"\s*:\s*"([^"\\]+)"/.exec(tree.read("package.json") ?? "")?.[1];
  return name ?? basename(root);
}

/** What a run will find wrong with the migrations themselves. */
async function trapsOf(migrations: readonly Migration[], tree: Tree, programs: boolean): Promise<readonly Finding[]> {
  const traps: Finding[] = [...nameTraps(migrations, programs)];
  for (const { path, kind } of migrations)
    if (kind === "sql") traps.push(...(await textTraps(path, tree.read(path) ?? "")));
  return traps;
}

function written(files: readonly string[], count: number, version: number, traps: readonly Finding[]): string {
  const found = traps.flatMap(({ message, help, place }) => [
    `  ${place === undefined ? "" : `${place.file}:${place.line}: `}${visible(message)}`,
    `      ${visible(help)}`,
  ]);
  return [
    `Wrote ${planFile}: one phase, \`baseline\`, that owns ${count === 1 ? "the migration" : `all ${count} migrations`}, on PostgreSQL ${version}.`,
    files.includes(workflowFile)
      ? `Wrote ${workflowFile}: judges every pull request.`
      : `${workflowFile} is there already, and is as it was.`,
    "",
    ...(found.length === 0 ? [] : ["The gates cannot hold before this is repaired:", ...found, ""]),
    "Next:",
    "  phasegate run --audit --no-documents   try the gates",
    "  phasegate verify --all                 write the verification document of the baseline",
    "  phasegate doctor                       see which ways around the gate are open; name `plan-owners` before the merge",
    "",
  ].join("\n");
}
