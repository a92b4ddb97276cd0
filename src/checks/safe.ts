import { z } from "zod";
import { readSections, type Section } from "../migration/sections.ts";
import type { Hazard, Linter } from "../model/ports.ts";
import { type ParsedStatement, parseTree } from "../sql/statements.ts";
import { credentials } from "./credentials.ts";
import { defineFilesKind, type KindFinding, type Mutant } from "./kind.ts";
import { missingTimeouts, timeoutRules } from "./lock-timeouts.ts";
import { appended, instead } from "./migration-text.ts";
import { reaching, reachRules } from "./reach.ts";
import { blocks, blocksRule } from "./safe-blocks.ts";
import { whereabouts, whereaboutsRule } from "./safe-whereabouts.ts";
import { ordered, subset } from "./strength.ts";

/** Rules that are looked for here, with more knowledge of what a migration finds and of how it is run. */
const ownRules: readonly string[] = ["credentials", ...reachRules, ...timeoutRules, whereaboutsRule, blocksRule];
const replaced = new Set([
  "require-lock-timeout",
  "require-statement-timeout",
  "require-timeout-settings",
  "transaction-nesting",
  "ban-uncommitted-transaction",
]);

type Found = {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly help: string | null;
};
type Observed = {
  readonly hazards: readonly Found[];
  /** Rules that the plan disables and that there are not. */
  readonly unknown: readonly string[];
};
const codes = [
  "hazard",
  "credentials",
  "transaction-control",
  "role-change",
  "server-file",
  "no-lock-timeout",
  "no-statement-timeout",
  "knows-where-it-runs",
  "statement-in-block",
  "unknown-rule",
  "unused-exception",
] as const;
type Code = (typeof codes)[number];

const params = z.strictObject({
  disable: z
    .record(z.string().min(1), z.string().trim().min(1, { error: "is no reason; say why the hazard is none here" }))
    .optional()
    .describe("Rules that do not count for this phase, each with the reason: `{ ban-drop-column: … }`."),
});

async function statementsOf(file: string, section: Section): Promise<readonly ParsedStatement[]> {
  const parsed = await parseTree(section.text);
  if (parsed.status === "parsed") return parsed.statements;
  const { message, line } = parsed.mistake;
  throw new Error(`${file}, line ${line + section.line - 1}: ${message}. Hazards behind it cannot be seen.`);
}

const shifted = ({ rule, message, help, line }: Hazard, file: string, first: number): Found => ({
  rule,
  file,
  line: line + first - 1,
  message,
  help: help ?? null,
});

/** Hazards of both parts of a migration. */
const everywhere = async (statements: readonly ParsedStatement[]): Promise<readonly Hazard[]> => [
  ...reaching(statements),
  ...(await whereabouts(statements)),
  ...(await blocks(statements)),
];

/** All hazards of one migration, by line. */
async function hazardsOf(linter: Linter, major: number, file: string, text: string): Promise<readonly Found[]> {
  const { up, down } = readSections(text);
  const statements = await statementsOf(file, up);
  const linted = (await linter.lint(up.text, major)).filter(({ rule }) => !replaced.has(rule));
  const upwards = [...linted, ...missingTimeouts(statements), ...(await everywhere(statements))];
  // Without an Up marker node-pg-migrate runs the down part with the up part.
  const inside = down && down.offset >= up.offset && down.offset < up.offset + up.text.length;
  const downwards = down && !inside ? await everywhere(await statementsOf(file, down)) : [];
  return [
    ...upwards.map((hazard) => shifted(hazard, file, up.line)),
    ...downwards.map((hazard) => shifted(hazard, file, down?.line ?? 1)),
    ...credentials(text).map((hazard) => shifted(hazard, file, 1)),
  ].sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1));
}

/** SQL that a rule must notice, for mutants. */
const own: readonly (readonly [code: Code, name: string, sql: string])[] = [
  [
    "credentials",
    "it holds a connection string with a password",
    "SELECT 'postgres://mutant:mutant@localhost/mutant';",
  ],
  ["transaction-control", "it ends the transaction", "COMMIT;"],
  ["role-change", "it makes a role", "CREATE ROLE mutant;"],
  ["server-file", "it runs a program of the server", "COPY mutant FROM PROGRAM 'mutant';"],
  ["knows-where-it-runs", "it asks which server it runs on", "SELECT current_setting('fsync');"],
  ["statement-in-block", "a block alters what no rule looks at", "DO 'BEGIN EXECUTE ''SELECT 1''; END';"],
];
const linted: readonly (readonly [rule: string, sql: string])[] = [
  ["ban-drop-table", "DROP TABLE mutant;"],
  ["ban-drop-column", "ALTER TABLE mutant DROP COLUMN mutant;"],
  ["renaming-table", "ALTER TABLE mutant RENAME TO mutants;"],
  ["renaming-column", "ALTER TABLE mutant RENAME COLUMN mutant TO mutants;"],
  ["changing-column-type", "ALTER TABLE mutant ALTER COLUMN mutant TYPE bigint;"],
  ["require-concurrent-index-creation", "CREATE INDEX mutant ON mutant (mutant);"],
];

export const safe = defineFilesKind({
  kind: "safe",
  summary:
    "No migration of the phase holds a hazard: locks without limit, unsafe DDL (squawk), credentials, roles, server files, DDL inside of blocks, and nothing in it knows where it runs.",
  params,
  codes,

  claim({ disable = {} }) {
    const rules = Object.keys(disable).map((rule) => rule.replace(/\s+/g, " "));
    const but = rules.length > 1 ? `${rules.slice(0, -1).join(", ")} and ${rules.at(-1)}` : rules[0];
    return but === undefined ? "the migrations hold no hazard" : `the migrations hold no hazard but ${but}`;
  },

  async observe({ tree, subject, linter }, { disable = {} }) {
    const found: Found[] = [];
    for (const file of subject.migrations) {
      const text = tree.read(file);
      if (text === undefined) throw new Error(`${file} does not exist.`);
      if (!file.endsWith(".sql")) throw new Error(`${file} is a program, and only SQL can be read for hazards.`);
      found.push(...(await hazardsOf(linter, subject.major, file, text)));
    }
    const rules = [...(await linter.rules()).filter((rule) => !replaced.has(rule)), ...ownRules];
    const unknown = Object.keys(disable).filter((rule) => !rules.includes(rule));
    return { examined: subject.migrations.length, observed: { hazards: found, unknown } };
  },

  judge({ disable = {} }, { hazards, unknown }: Observed): KindFinding<Code>[] {
    const disabled = Object.keys(disable);
    const findings = hazards
      .filter(({ rule }) => !disabled.includes(rule))
      .map(({ rule, file, line, message, help }): KindFinding<Code> => {
        const code = codes.find((code) => code === rule) ?? "hazard";
        const except = `If it is none here, say why: \`disable: { ${rule}: <reason> }\`.`;
        return {
          code,
          message: code === "hazard" ? `${rule}: ${message}` : message,
          help: [help, except].filter(Boolean).join(" "),
          place: { file, line },
        };
      });
    const mistaken = disabled.flatMap((rule): KindFinding<Code>[] => {
      if (unknown.includes(rule)) {
        const help = `Name a rule of squawk, or one of ${ownRules.join(", ")}.`;
        return [{ code: "unknown-rule", message: `The plan disables ${rule}; there is no such rule.`, help }];
      }
      if (hazards.some((hazard) => hazard.rule === rule)) return [];
      const message = `The plan disables ${rule}, which finds nothing in the phase's migrations; an exception is asked to have a use.`;
      return [{ code: "unused-exception", message, help: "Take it out of the plan." }];
    });
    return [...findings, ...mistaken];
  },

  mutants({ disable = {} }, observed: Observed, { tree, subject }) {
    const file = subject.migrations.at(-1);
    const text = file === undefined ? undefined : tree.read(file);
    if (file === undefined || text === undefined) return [];
    const enabled = (rule: string) => !Object.hasOwn(disable, rule);
    const only = (text: string, sql: string) => instead(text, "up", sql) ?? sql;
    const mutants: Mutant<Code, Observed>[] = [];
    const add = (name: string, content: string, provokes: Code) =>
      mutants.push({ name, sabotage: { files: { [file]: content } }, provokes });

    const hazard = linted.find(([rule]) => enabled(rule));
    const hazards = [
      ...own.filter(([code]) => enabled(code)),
      ...(hazard ? [["hazard", `it holds what ${hazard[0]} is for`, hazard[1]] as const] : []),
    ];
    // One text for all of them, because every text costs a run of the linter; each is looked for by its own code.
    const sql = hazards.map(([, , each]) => each).join("\n");
    for (const [code, name] of hazards) add(name, appended(text, "up", sql) ?? sql, code);
    for (const rule of ["no-lock-timeout", "no-statement-timeout"] as const) {
      if (enabled(rule))
        add(
          `it has no ${rule.slice(3).replace("-", "_")}`,
          only(text, "ALTER TABLE mutant ADD COLUMN mutant text;"),
          rule,
        );
    }
    const [exception] = Object.keys(disable);
    if (exception !== undefined) {
      const texts = subject.migrations.map((path) => [path, only(tree.read(path) ?? "", "SELECT 1;")] as const);
      mutants.push(
        {
          name: "nothing needs the exceptions",
          sabotage: { files: Object.fromEntries(texts) },
          provokes: "unused-exception",
        },
        {
          name: `there is no rule ${exception}`,
          sabotage: { evidence: { ...observed, unknown: [exception] } },
          provokes: "unknown-rule",
        },
      );
    }
    return mutants;
  },

  strength: (base, head) =>
    ordered(base, head, {
      disable: (base = {}, head = {}) => subset(Object.keys(base), Object.keys(head)),
    }),

  examples: [
    {
      files: {
        "migrations/1_a.sql":
          "-- Up Migration\nSET LOCAL lock_timeout = '2s';\nSET LOCAL statement_timeout = '1min';\nALTER TABLE a ADD COLUMN IF NOT EXISTS x text;\n\n-- Down Migration\nALTER TABLE a DROP COLUMN x;\n",
      },
      params: {},
    },
    {
      files: {
        "migrations/1_a.sql":
          "-- Up Migration\nCREATE TABLE IF NOT EXISTS b (x text);\nCREATE INDEX IF NOT EXISTS i ON b (x);\n",
        "migrations/2_b.sql":
          "SET lock_timeout = 1000; SELECT set_config('statement_timeout', '5s', true);\nDROP TABLE IF EXISTS c;\n",
      },
      params: { disable: { "ban-drop-table": "nothing reads c since the last release" } },
    },
  ],
});
