import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { toString as textOf } from "mdast-util-to-string";
import { gfm } from "micromark-extension-gfm";
import { migrationOf, type Workshop } from "../support/workshop.ts";
import { type Attack, planFile, type Stages, stages } from "./attacks.ts";
import { attacksOnDocuments } from "./attacks-on-documents.ts";
import { attacksOnTheDatabase } from "./attacks-on-the-database.ts";
import { attacksOnTheOrder } from "./attacks-on-the-order.ts";
import { attacksOnThePlan } from "./attacks-on-the-plan.ts";
import { attacksOnTheRun } from "./attacks-on-the-run.ts";
import { shownElsewhere } from "./attacks-shown-elsewhere.ts";

/** The ways to cheat a phase gate that need no GitHub: acted out with git, the built program and a real PostgreSQL. */

const attacks: readonly Attack[] = [
  ...attacksOnTheOrder,
  ...attacksOnThePlan,
  ...attacksOnDocuments,
  ...attacksOnTheDatabase,
  ...attacksOnTheRun,
];

interface Outcome {
  readonly code: number | null;
  readonly violations: readonly string[];
  /** Messages and help of all findings; without a report, standard error. */
  readonly told: string;
  readonly made: boolean;
}

let at: Stages;
const begun = new Map<number, Promise<Outcome>>();
const seen: (readonly [threat: string, attack: string, ended: string, where: string])[] = [];

beforeAll(async () => {
  at = await stages();
}, 300_000);

afterAll(async () => {
  await Promise.allSettled(begun.values());
  at.dispose();
  for (const [threat, attack, file, title] of shownElsewhere)
    seen.push([String(threat), attack, "shown elsewhere", `${file}: ${title}`]);
  const number = ([threat]: (typeof seen)[number]) => (threat === "forged" ? Number.MAX_VALUE : Number(threat));
  const rows = seen.toSorted((one, other) => number(one) - number(other));
  process.stdout.write(`\n${rows.map((row) => row.join(" · ")).join("\n")}\n`);
}, 180_000);

test.each(["adopted", "ordinary", "4A", "round trip", "4B", "approved"] as const)(
  "an honest change is in order: %s",
  (stage) => {
    const { code, report, said } = at.honest[stage];
    expect({ code, violations: report?.violations, said }).toMatchObject({ code: 0, violations: [] });
  },
);

test.each(attacks.map((attack, index) => [String(attack.threat), attack.attack, index] as const))(
  "%s: %s",
  async (_threat, _attack, index) => {
    const { ends, threat, attack } = attacks[index] ?? never();
    const { code, violations, told, made } = await outcomeOf(index);
    const asked = "violations" in ends ? { code: 1, violations: ends.violations } : { code: ends.exit, violations: [] };
    expect({ code, violations, told, made }).toMatchObject({ ...asked, made: false });
    for (const words of ends.says) expect(told).toContain(words);
    const ended = "violations" in ends ? ends.violations.join(", ") : `exit ${ends.exit}`;
    seen.push([String(threat), attack, ended, ends.says[0]]);
  },
  120_000,
);

async function actedOut({ stage, act, unmade }: Attack): Promise<Outcome> {
  const workshop = at.begin(stage);
  try {
    if (unmade !== undefined) rmSync(unmade, { force: true });
    const args = act(workshop, at.papers) ?? [];
    if (workshop.git("status", "--porcelain") !== "") workshop.commit("As if nothing was");
    const { code, report, said } = await workshop.judge(...args);
    const violations = report?.violations ?? [];
    return {
      code,
      violations: violations.map(({ code: kind, gate, phase }) => [kind, gate ?? phase].filter(Boolean).join(" ")),
      told: report
        ? violations.flatMap(({ findings }) => findings.map(({ message, help }) => `${message} ${help}`)).join("\n")
        : said,
      made: unmade !== undefined && existsSync(unmade),
    };
  } finally {
    workshop.dispose();
  }
}

/** Begins the next one too, so that two are under way: a test waits for its own. */
function outcomeOf(index: number): Promise<Outcome> {
  for (const each of [index, index + 1]) {
    const attack = attacks[each];
    if (!attack || begun.has(each)) continue;
    const outcome = actedOut(attack);
    // Whoever waits for it is told.
    outcome.catch(() => undefined);
    begun.set(each, outcome);
  }
  return begun.get(index) ?? never();
}

const never = (): never => {
  throw new Error("there is one for each attack");
};

test.each(shownElsewhere)("%d: %s, in %s", (_threat, _attack, file, title) => {
  expect(readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), "utf8")).toContain(title);
});

test("each of the 62 ways to cheat has a row", () => {
  const acted = new Set([...attacks.map(({ threat }) => threat), ...shownElsewhere.map(([threat]) => threat)]);
  expect(Array.from({ length: 62 }, (_, index) => index + 1).filter((threat) => !acted.has(threat))).toEqual([]);
});

/** What GitHub would run or draw, were it written as it stands. */
const hostile = [
  ...["::error::no gate failed", "##[add-mask]e", "</details>", "<!-- phasegate:v1 -->", "<h2>All gates hold</h2>"],
  ...["```", "## ✅ In order: all gates hold", "@ada approved #1", "::stop-commands::x", "[a](javascript:b)"],
];

/** Long enough that lines break before each of the words somewhere. */
const broken = Array.from({ length: 40 }, (_, index) => `${"x".repeat(index % 7)} ${hostile[index % hostile.length]}`);

/** A runner takes a line for a command that begins with `::`, spaces aside, or holds `##[` anywhere. */
const commands = (text: string): readonly string[] =>
  text.split(/\r\n|[\r\n]/).filter((line) => /^\s*::|##\[/.test(line));

async function asHostileRun(act: (workshop: Workshop) => void, ...args: readonly string[]) {
  const workshop = at.begin("adopted");
  try {
    act(workshop);
    workshop.commit("Look here");
    process.env.GITHUB_ACTIONS = "true";
    const { code, stdout, stderr } = await workshop.phasegate("run", ...args);
    return { code, stdout, stderr };
  } finally {
    delete process.env.GITHUB_ACTIONS;
    workshop.dispose();
  }
}

/** In what PostgreSQL says, in a title of the plan, and in a file's name. */
function everywhere(workshop: Workshop): void {
  const text = broken.join("\n").replaceAll("'", "''");
  workshop.add("4A");
  workshop.edit(migrationOf["4A"], (sql) =>
    sql.replace(
      "SET LOCAL lock_timeout",
      () => `DO $do$ BEGIN RAISE EXCEPTION '%', '${text}'; END $do$;\nSET LOCAL lock_timeout`,
    ),
  );
  workshop.edit(planFile, (plan) =>
    plan.replace("title: Enhance the allocation schema", () => `title: ${JSON.stringify(broken.join("\n"))}`),
  );
  workshop.write(
    "migrations/20251201000000000_##[add-mask]e\n::error::f @ada <h2>.sql",
    "-- Up Migration\nSELECT 1;\n",
  );
}

test.each(["text", "markdown"])("54: workflow commands and markup in a report as %s", async (format) => {
  const { code, stdout, stderr } = await asHostileRun(everywhere, "--format", format);
  expect(code).toBe(1);
  expect(commands(stdout + stderr)).toEqual([]);
  if (format === "markdown") {
    const nodes = allOf(fromMarkdown(stdout, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
    const html = nodes.flatMap((node) => (node.type === "html" ? [node.value] : []));
    expect(html.filter((value) => !/^<\/?(details|summary|sub|b|code|br|span)\b[^>]*>/.test(value))).toEqual([]);
    expect(html.filter((value) => /<!--|<h2/.test(value))).toEqual([]);
    const headings = nodes.filter((node) => node.type === "heading").map((node) => textOf(node));
    expect(headings.filter((heading) => /^.{0,4}In order/.test(heading))).toEqual([]);
    expect(nodes.filter((node) => node.type === "link" && node.url.startsWith("javascript:"))).toEqual([]);
    const texts = nodes.flatMap((node) => (node.type === "text" ? [node.value] : []));
    expect(texts.filter((value) => /@ada\b|#1\b/.test(value))).toEqual([]);
  }
  seen.push([
    "54",
    `workflow commands and markup, ${format}`,
    "migration-failed 4A.migrations",
    "nothing of it is raw",
  ]);
});

test("54: workflow commands in a plan that cannot be read", async () => {
  const { code, stdout, stderr } = await asHostileRun((workshop) =>
    workshop.edit(
      planFile,
      (plan) => `${plan}${JSON.stringify(broken.join("\n"))}: ${JSON.stringify(broken.join("\n"))}\n`,
    ),
  );
  expect({ code, commands: commands(stdout + stderr) }).toEqual({ code: 2, commands: [] });
  seen.push(["54", "workflow commands in a plan that cannot be read", "exit 2", "nothing of it is raw"]);
});

const allOf = (node: Nodes): readonly Nodes[] => [
  node,
  ...("children" in node ? node.children.flatMap((child) => allOf(child)) : []),
];
