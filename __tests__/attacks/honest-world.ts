import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { PhaseState, Report } from "../../src/model/report.ts";
import { cli, type Finished } from "../support/project.ts";
import { copyOf, unplanned, type Workshop, with4A } from "../support/workshop.ts";

/** What honest work is done with: small phases, stages to start from, and what is expected of a run. */

/** One piece of honest work, and the heading of docs/how-to.md that shows its way. */
export interface Honest {
  readonly name: string;
  readonly way: string;
  readonly act: (stages: Stages) => Promise<void>;
}

export interface Stages {
  /** Migrations, and no plan. */
  bare(): Promise<Workshop>;
  /** The shop's plan adopted, with its baseline verified. */
  shop(): Promise<Workshop>;
  /** `names` verified and merged too. */
  named(): Promise<Workshop>;
  /** Every phase of the shop's plan verified and merged. */
  whole(): Promise<Workshop>;
  /** The plan of the tutorial, with 4A verified and merged. */
  with4A(): Promise<Workshop>;
  /** A folder that is removed with the stages. */
  folder(name?: string): string;
  dispose(): void;
}

/** Phases that cost a second: one table, a column of it, one table, one beside it, one file. */
export const shopPlan = `version: 1
name: A shop
postgres:
  version: 18
  roles: [app_rw, app_ro]
  migrator: { bypassrls: true }
policy:
  plan-owners: ["@ada"]
phases:
  - id: baseline
    title: What was there
    owns:
      migrations: { through: 20251112090000000_create-tenants }
      objects: [tenants]
    gates:
      - id: baseline.1
        title: Tenants have a key
        checks:
          - constraint: { table: tenants, type: primary key, columns: [id] }
  - id: names
    title: Tenants are named in full
    after: [baseline]
    owns:
      migrations: ["*_name-tenants*.sql"]
      objects: [tenants.full_name]
      files: [docs/NAMES.md]
    touches: [docs/SCHEMA.md]
    gates:
      - id: names.1
        title: The column is there
        checks:
          - column: { table: tenants, name: full_name, type: text }
      - id: names.2
        title: What a full name is
        checks:
          - document: { path: docs/NAMES.md, headings: [Names] }
  - id: regions
    title: The regions that are served
    after: [names]
    owns: { migrations: ["*_add-regions*.sql"], objects: [regions] }
    gates:
      - id: regions.1
        title: A region has a code
        checks:
          - column: { table: regions, name: code, type: text, nullable: false }
  - id: currencies
    title: The currencies that are taken
    after: [names]
    owns: { migrations: ["*_add-currencies*.sql"], objects: [currencies] }
    gates:
      - id: currencies.1
        title: A currency has a code
        checks:
          - column: { table: currencies, name: code, type: text, nullable: false }
  - id: runbook
    title: Who is called at night
    after: [regions, currencies]
    owns: { files: [docs/RUNBOOK.md] }
    gates:
      - id: runbook.1
        title: The runbook says who is called
        checks:
          - document: { path: docs/RUNBOOK.md, headings: [Who is called] }
`;

export const shopMigration = {
  baseline: "migrations/20251112090000000_create-tenants.sql",
  names: "migrations/20260101090000000_name-tenants.sql",
  regions: "migrations/20260102090000000_add-regions.sql",
  currencies: "migrations/20260103090000000_add-currencies.sql",
} as const;

export const migrationText = (up: string, down: string): string =>
  `-- Up Migration\n${up};\n\n-- Down Migration\n${down};\n`;

const tenants = {
  [shopMigration.baseline]: migrationText(
    "CREATE TABLE tenants (id uuid PRIMARY KEY, name text NOT NULL)",
    "DROP TABLE tenants",
  ),
};

type ShopPhase = "names" | "regions" | "currencies" | "runbook";

const work: { readonly [Phase in ShopPhase]: { readonly [path: string]: string } } = {
  names: {
    [shopMigration.names]: migrationText(
      "ALTER TABLE tenants ADD COLUMN full_name text",
      "ALTER TABLE tenants DROP COLUMN full_name",
    ),
    "docs/NAMES.md": "# Names\n\nAs the register of companies has them.\n",
    "docs/SCHEMA.md": "# Tables\n\ntenants\n",
  },
  regions: {
    [shopMigration.regions]: migrationText("CREATE TABLE regions (code text PRIMARY KEY)", "DROP TABLE regions"),
  },
  currencies: {
    [shopMigration.currencies]: migrationText(
      "CREATE TABLE currencies (code text PRIMARY KEY)",
      "DROP TABLE currencies",
    ),
  },
  runbook: { "docs/RUNBOOK.md": "# Who is called\n\nAda.\n" },
};

export const shopDocument = (phase: string): string => `docs/PHASE_${phase}_EXIT_GATE_VERIFICATION.md`;

/** Puts the work of a phase of the shop into the checkout. */
export function begin(workshop: Workshop, phase: ShopPhase): void {
  for (const [path, text] of Object.entries(work[phase])) workshop.write(path, text);
}

export async function verify(workshop: Pick<Workshop, "phasegate">, ...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await workshop.phasegate("verify", ...args);
  if (code !== 0) throw new Error(`phasegate verify ${args.join(" ")}: exit ${code}\n${stdout}${stderr}`);
}

/** The work of a phase with its document, committed on a branch of its own. */
export async function worked(workshop: Workshop, phase: ShopPhase): Promise<void> {
  workshop.branch(phase);
  begin(workshop, phase);
  await verify(workshop, phase);
  workshop.commit(phase);
}

type Judging = Pick<Workshop, "judge">;

/** Exit 0, and nothing speaks against it. */
export async function inOrder(workshop: Judging, ...args: readonly string[]): Promise<Report> {
  const { code, report, said } = await workshop.judge(...args);
  expect({ code, against: report ? violations(report) : said }).toEqual({ code: 0, against: [] });
  if (!report) throw new Error("exit 0 without a report");
  return report;
}

/** Exit 1, for just these reasons: `gate-failed names.1`. */
export async function refused(
  workshop: Judging,
  against: readonly string[],
  ...args: readonly string[]
): Promise<Report> {
  const { code, report, said } = await workshop.judge(...args);
  expect({ code, against: report ? violations(report) : said }).toEqual({ code: 1, against });
  if (!report) throw new Error("exit 1 without a report");
  return report;
}

const violations = (report: Report): readonly string[] =>
  report.violations.map(({ code, gate, phase }) => [code, gate ?? phase].filter(Boolean).join(" "));

export const stateOf = (report: Report, phase: string): PhaseState | undefined =>
  report.phases.find(({ id }) => id === phase)?.state;

/** The command line in another checkout than the workshop's own. */
export function elsewhere(root: string): Pick<Workshop, "root" | "phasegate" | "judge"> {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
  const phasegate = (...args: readonly string[]): Promise<Finished> => cli(args, { cwd: root, env });
  return {
    root,
    phasegate,
    judge: async (...args) => {
      const { code, stdout, stderr } = await phasegate("run", "--json", ...args);
      return { code, report: stdout === "" ? undefined : (JSON.parse(stdout) as Report), said: stderr }; // what the schema test holds
    },
  };
}

/** Each stage is built once, when it is first asked for; what is given is a copy. */
export function createStages(): Stages {
  const made: string[] = [];
  const folder = (name = "phasegate-honest-") => {
    const path = mkdtempSync(join(tmpdir(), name));
    made.push(path);
    return path;
  };
  const stage = (build: () => Promise<Workshop>, name?: string) => {
    let built: Promise<Workshop> | undefined;
    return async (): Promise<Workshop> => {
      built ??= (name === undefined ? build() : copyOf(name, JSON.stringify([shopPlan, tenants, work]), build)).then(
        (workshop) => {
          made.push(workshop.root);
          return workshop;
        },
      );
      const copy = (await built).copy();
      made.push(copy.root);
      return copy;
    };
  };
  const landed = async (workshop: Workshop, phase: ShopPhase) => {
    await worked(workshop, phase);
    workshop.land(phase);
    return workshop;
  };
  const bare = stage(async () => unplanned(tenants));
  const shop = stage(async () => {
    const workshop = await bare();
    workshop.write("phasegate.yml", shopPlan);
    await verify(workshop, "baseline");
    workshop.land("Adopt the plan");
    return workshop;
  }, "shop");
  const named = stage(async () => landed(await shop(), "names"), "named");
  const whole = stage(async () => {
    const workshop = await named();
    for (const phase of ["regions", "currencies", "runbook"] as const) await landed(workshop, phase);
    return workshop;
  }, "whole");
  return {
    bare,
    shop,
    named,
    whole,
    with4A: stage(with4A),
    folder,
    dispose: () => {
      for (const path of made) {
        rmSync(path, { recursive: true, force: true });
        rmSync(`${path}-reviews.json`, { force: true });
      }
    },
  };
}

/** A checkout under another path: what a path may not matter for. */
export function copiedTo(workshop: Workshop, root: string): ReturnType<typeof elsewhere> {
  cpSync(workshop.root, root, { recursive: true });
  return elsewhere(root);
}
