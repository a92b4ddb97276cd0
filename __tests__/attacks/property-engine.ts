/** Small worlds as files in a git repository, and what Phasegate says of them. */

import type { Derived, DerivedGate } from "../../src/documents/document.ts";
import { render } from "../../src/documents/render.ts";
import { type Judgement, type JudgeOptions, judge } from "../../src/judge.ts";
import { boot } from "../../src/postgres/boot.ts";
import { contentHash } from "../../src/run/documents.ts";
import { type Repository, repository } from "../support/repository.ts";
import type { Checkout, Deed, Gate, Migration, Paper, Phase, Plan, Work } from "./property-world.ts";

export interface Said {
  /** As the command line ends. */
  readonly code: 0 | 1 | 2 | 3;
  readonly why: readonly string[];
}

export interface Engine {
  /** What is said of the change from base to head; asked once for the same two. */
  says(base: Checkout, head: Checkout): Promise<Said>;
  /** How often PostgreSQL was asked. */
  runs(): number;
  stop(): Promise<void>;
}

/** One server is lent to all runs, so that none of them has to boot its own. */
export async function engine(): Promise<Engine> {
  const server = await boot({ provider: "embedded", major: 18, env: process.env });
  const { host, port, user, password, database } = server.superuser;
  const address = `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}`;
  const postgres = { url: `${address}?host=${encodeURIComponent(host)}` };
  const place = repository();
  const known = new Map<string, Promise<Said>>();
  const derivedOf = new Map<string, Promise<readonly Derived[]>>();
  let runs = 0;
  let committed = "";

  const asked = (options: Pick<JudgeOptions, "base" | "documents" | "phases">): Promise<Judgement> => {
    runs += 1;
    return judge({ root: place.root, plan: "phasegate.yml", postgres, env: process.env, ...options });
  };

  async function derive(work: Work): Promise<readonly Derived[]> {
    lay(place, filesOf(work));
    const phases = work.plan.phases.map(({ id }) => id);
    const judged = await asked({ base: { kind: "audit" }, documents: "not-asked", phases });
    if (judged.status !== "judged") throw new Error(`nothing can be derived: ${JSON.stringify(judged)}`);
    return judged.derived;
  }

  function derived(work: Work): Promise<readonly Derived[]> {
    const key = JSON.stringify([work.plan, work.migrations]);
    const found = derivedOf.get(key) ?? derive(work);
    derivedOf.set(key, found);
    return found;
  }

  async function papersOf({ papers }: Checkout): Promise<{ readonly [path: string]: string }> {
    const texts: { [path: string]: string } = {};
    for (const [phase, paper] of Object.entries(papers)) {
      const of = (await derived(paper.from)).find((each) => each.phase === paper.of);
      if (!of) throw new Error(`nothing was derived of ${paper.of}`);
      texts[`docs/${phase}.md`] = paperText(paper, phase, of);
    }
    return texts;
  }

  async function ask(base: Checkout, head: Checkout): Promise<Said> {
    const basePapers = await papersOf(base);
    const headPapers = await papersOf(head);
    const key = JSON.stringify(base);
    if (committed !== key) {
      lay(place, { ...filesOf(base), ...basePapers });
      place.commit();
      committed = key;
    }
    lay(place, {
      ...(head.planIsThere ? filesOf(head) : { ...filesOf(head), "phasegate.yml": undefined }),
      ...headPapers,
    });
    return said(await asked({ base: { kind: "revision", revision: "HEAD" }, documents: "asked", phases: [] }));
  }

  return {
    says(base, head) {
      const key = JSON.stringify([base, head]);
      const found = known.get(key) ?? ask(base, head);
      known.set(key, found);
      return found;
    },
    runs: () => runs,
    async stop() {
      await server.stop();
      place.dispose();
    },
  };
}

function said(judged: Judgement): Said {
  if (judged.status === "unusable") return { code: 2, why: judged.mistakes.map(({ message }) => message) };
  if (judged.status === "not-judged") return { code: 3, why: [judged.reason, judged.help ?? ""] };
  const { conclusion, violations } = judged.report;
  const why = violations.map(
    ({ code, gate, phase, findings }) => `${code} ${gate ?? phase ?? ""}: ${findings[0].message}`,
  );
  return { code: conclusion === "in-order" ? 0 : 1, why };
}

type Files = { readonly [path: string]: string | undefined };

function lay(place: Repository, files: Files): void {
  for (const folder of ["migrations", "docs"]) {
    place.write(`${folder}/.keep`, "");
    place.remove(folder);
  }
  place.write("phasegate.yml", "");
  place.remove("phasegate.yml");
  place.write("migrations/.gitkeep", "");
  for (const [path, text] of Object.entries(files)) if (text !== undefined) place.write(path, text);
}

const filesOf = (work: Work): Files => ({
  "phasegate.yml": planText(work.plan),
  ...Object.fromEntries(
    work.migrations.map((each) => [`migrations/${fileName(each)}`, migrationText(work.plan, each)]),
  ),
});

export const fileName = ({ time, owner }: Migration): string =>
  `20260101${String(time).padStart(9, "0")}_${owner}-work.sql`;

const migrationText = (plan: Plan, { deeds }: Migration): string =>
  [
    "-- Up Migration",
    ...deeds.map((deed) => deedText(plan, deed)),
    "-- Down Migration",
    ...deeds.toReversed().map((deed) => undoingText(plan, deed)),
    "",
  ].join("\n");

interface Column {
  readonly table: string;
  readonly name: string;
}

const columnOf = (plan: Plan, id: string): Column => {
  const on = plan.phases.find((phase) => phase.id === id)?.on;
  return on === undefined ? { table: `t_${id}`, name: "value" } : { table: `t_${on}`, name: `c_${id}` };
};

function deedText(plan: Plan, deed: Deed): string {
  const { table, name } = columnOf(plan, deed.object);
  if (deed.what === "defaults") return `ALTER TABLE ${table} ALTER COLUMN ${name} SET DEFAULT 1;`;
  if (deed.what === "loosens") return `ALTER TABLE ${table} ALTER COLUMN ${name} DROP NOT NULL;`;
  const { how } = deed;
  if (how === "broken") return "ALTER TABLE nowhere ADD COLUMN value integer;";
  const type = `integer${how === "nullable" ? "" : " NOT NULL"}${how === "other" ? " DEFAULT 0" : ""}`;
  const isTable = name === "value";
  if (isTable)
    return `CREATE TABLE ${table} (id integer NOT NULL${how === "keyless" ? "" : " PRIMARY KEY"}, value ${type});`;
  const key = how === "keyless" ? "" : ` CONSTRAINT k_${name} CHECK (${name} >= 0)`;
  return `ALTER TABLE ${table} ADD COLUMN ${name} ${type}${key};`;
}

function undoingText(plan: Plan, deed: Deed): string {
  const { table, name } = columnOf(plan, deed.object);
  if (deed.what === "defaults") return `ALTER TABLE ${table} ALTER COLUMN ${name} DROP DEFAULT;`;
  if (deed.what === "loosens") return `ALTER TABLE ${table} ALTER COLUMN ${name} SET NOT NULL;`;
  if (deed.how === "broken") return "ALTER TABLE nowhere DROP COLUMN value;";
  return name === "value" ? `DROP TABLE ${table};` : `ALTER TABLE ${table} DROP COLUMN ${name};`;
}

const planText = ({ predecessors, incomplete, phases }: Plan): string =>
  [
    "version: 1",
    "name: A small world",
    "postgres: { version: 18 }",
    `policy: { predecessors: ${predecessors}, incomplete: ${incomplete} }`,
    "documents: docs/{phase}.md",
    "phases:",
    ...phases.flatMap((phase) => phaseText({ phases }, phase)),
    "",
  ].join("\n");

function phaseText(plan: Pick<Plan, "phases">, { id, after, on, gates }: Phase): readonly string[] {
  const { table, name } = columnOf(plan as Plan, id);
  const objects = on === undefined ? [table] : [`${table}.${name}`, `${table}.k_${name}`];
  return [
    `  - id: ${id}`,
    `    title: Phase ${id}`,
    `    after: [${after.join(", ")}]`,
    `    owns: { migrations: ["*_${id}-*.sql"], objects: [${objects.join(", ")}] }`,
    "    gates:",
    ...gates.flatMap((gate) => gateText(gate, { table, name })),
  ];
}

function gateText({ id, asks, blocking, excused }: Gate, { table, name }: Column): readonly string[] {
  const column = `table: ${table}, name: ${name}, type: integer`;
  const check = {
    "not-null": `column: { ${column}, nullable: false }`,
    type: `column: { ${column} }`,
    key:
      name === "value"
        ? `constraint: { table: ${table}, type: primary key, columns: [id] }`
        : `constraint: { table: ${table}, type: check, columns: [${name}], definition: ${name} >= 0 }`,
  }[asks];
  return [
    `      - id: ${id}`,
    `        title: Gate ${id}`,
    ...(blocking ? [] : ["        blocking: false"]),
    `        checks: [{ ${check}${excused ? ", holds-before: It is said so" : ""} }]`,
  ];
}

function paperText({ how, of, at }: Paper, phase: string, derived: Derived): string {
  const page = (what: Derived) =>
    render({
      format: 1,
      tool: "0.1.0",
      verifiedAt: "2026-01-05T10:00:00Z",
      // A forgery is another text, also where an honest document would say the same.
      verifier: how === "issued" ? "Ada" : "Eve",
      derived: what,
      remediation: "",
      signOff: "",
    });
  switch (how) {
    case "issued":
    case "copied":
      return page(derived);
    case "renamed":
      return page(derived).replaceAll(of, phase);
    case "flipped":
      return page(derived).replaceAll("❌ **FAIL**", "✅ **PASS**").replaceAll("❌ FAIL", "✅ PASS");
    case "by-hand":
      return `# Exit gates of ${phase}\n\nOverall status: ✅ **PASS**\n`;
    case "data":
      return page({ ...derived, gates: derived.gates.map(passed) });
    case "as-if": {
      const hash = (migration: Migration) => contentHash(migrationText(at.plan, migration));
      const now = at.migrations.filter(({ owner }) => owner === phase);
      return page({ ...derived, migrations: now.map((each) => ({ name: fileName(each), sha256: hash(each) })) });
    }
  }
}

const passed = (gate: DerivedGate): DerivedGate => ({
  ...gate,
  verdict: "passed",
  checks: gate.checks.map((check) => ({ ...check, verdict: "passed", codes: [], before: "red" })),
});
