import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import type { Tree } from "../model/ports.ts";
import { conditionOf, conditions } from "../sql/conditions.ts";
import { splitStatements } from "../sql/statements.ts";
import { acting, as, set } from "./acting.ts";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { asList, name as objectName, path, pattern, preparing, statements } from "./params.ts";
import { statementMutants } from "./statement-mutants.ts";
import { type Refusal, type Tried, tried } from "./statement-outcome.ts";
import { fixed, free, optional, ordered } from "./strength.ts";

/** A name of PostgreSQL's, or an SQLSTATE that a function of the project made up. The names are too many to be listed. */
const condition = z
  .string()
  .superRefine((given, context) => {
    if (conditions.includes(given) || (/^[0-9A-Z]{5}$/.test(given) && conditionOf(given) === given)) return;
    context.addIssue({ code: "custom", message: `is no condition that PostgreSQL knows; ${instead(given)}` });
  })
  .meta({ anyOf: [{ enum: [...conditions] }, { pattern: "^[0-9A-Z]{5}$" }] });

function instead(given: string): string {
  const name = conditionOf(given);
  if (name !== given) return `write \`${name}\`, which is its name`;
  const nearest = closest(given.toLowerCase(), [...conditions]);
  return distance(given.toLowerCase(), nearest) <= Math.max(2, Math.floor(given.length / 3))
    ? `write \`${nearest}\`, if that is meant`
    : "write a name from PostgreSQL's list of error codes, such as `check_violation`";
}

const failure = z.strictObject({
  condition: condition.describe("PostgreSQL's name of the error: `check_violation`. An SQLSTATE where it has none."),
  constraint: objectName.optional().describe("The constraint or unique index that must refuse it."),
  column: objectName.optional().describe("The column that the error must name."),
  message: pattern.optional().describe("A regular expression that the error's message must match."),
});

const params = z
  .strictObject({
    name: z.string().min(1).describe("What happens to the statement, as a sentence."),
    given: z
      .union([statements, z.strictObject({ file: path })])
      .optional()
      .describe("Statements, or a file of them, that are run before it and must be accepted: the rows it needs."),
    sql: z.string().min(1).describe("One statement. Rolled back; deferred constraints are forced."),
    "fails-with": failure.optional().describe("How PostgreSQL must refuse it."),
    accepted: z.literal(true).optional().describe("It must be accepted; this needs `sabotage`."),
    as,
    set,
    sabotage: statements
      .optional()
      .describe(
        "SQL after which an accepted statement is refused; or a refused one accepted, where that cannot be guessed: one statement (a `DO` block holds several), or a list of them.",
      ),
  })
  .superRefine((given, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if ((given["fails-with"] === undefined) === (given.accepted === undefined)) {
      wrong("fails-with", "and `accepted` exclude each other, and one of them is needed");
    }
    if (given.accepted && given.sabotage === undefined) {
      wrong("sabotage", "is missing; give SQL after which the statement is refused, because that cannot be guessed");
    }
  });
export type StatementParams = z.output<typeof params>;

const codes = [
  "given-refused",
  "accepted",
  "refused",
  "other-condition",
  "other-constraint",
  "other-column",
  "other-message",
] as const;
export type StatementCode = (typeof codes)[number];

const refusedWith = ({ condition, message }: Refusal): string => `refused with ${condition}: ${message}`;

/** Several statements of a gate may fail in the same way; the name tells which. */
const it = (name: string): string => `"${claim(name)}": it is`;
const claim = (name: string): string => name.replace(/\s+/g, " ").trim();

function other(
  name: string,
  asked: NonNullable<StatementParams["fails-with"]>,
  found: Refusal,
): KindFinding<StatementCode>[] {
  const help = "Let that, and nothing before it, refuse the statement; or correct the statement.";
  if (found.condition !== asked.condition) {
    return [
      {
        code: "other-condition",
        message: `${it(name)} ${refusedWith(found)}; the plan asks for ${asked.condition}.`,
        help,
      },
    ];
  }
  const findings: KindFinding<StatementCode>[] = [];
  const differs = (code: StatementCode, is: string, should: string) =>
    findings.push({ code, message: `${it(name)} ${refusedWith(found)}, ${is}; the plan asks for ${should}.`, help });
  if (asked.constraint !== undefined && found.constraint !== asked.constraint) {
    differs(
      "other-constraint",
      found.constraint === null ? "by no constraint" : `by ${found.constraint}`,
      asked.constraint,
    );
  }
  if (asked.column !== undefined && found.column !== asked.column) {
    differs(
      "other-column",
      found.column === null ? "which names no column" : `of column ${found.column}`,
      `column ${asked.column}`,
    );
  }
  if (asked.message !== undefined && !new RegExp(asked.message, "mu").test(found.message)) {
    differs("other-message", "which is another message", `one that matches /${asked.message}/`);
  }
  return findings;
}

/** @throws where the file is not there, or cannot be parsed */
async function givenIn(tree: Tree, given: StatementParams["given"]): Promise<readonly string[]> {
  if (typeof given !== "object" || !("file" in given)) return asList(given);
  const text = tree.read(given.file);
  if (text === undefined) throw new Error(`${given.file} does not exist`);
  const split = await splitStatements(text);
  if (split.status === "refused") throw new Error(`${given.file}:${split.mistake.line}: ${split.mistake.message}`);
  return split.statements.map(({ text }) => text);
}

export const statement = defineDatabaseKind({
  kind: "statement",
  summary: "A statement, which is rolled back, is refused in just this way; or it is accepted.",
  params,
  codes,
  points: ["after", "head"],
  claim: ({ name }) => claim(name),

  async observe({ database, tree }, params) {
    return {
      examined: 1,
      observed: await tried(database, await givenIn(tree, params.given), params.sql, acting(params)),
    };
  },

  judge(params, observed: Tried): KindFinding<StatementCode>[] {
    if (observed.given === "refused") {
      const { statement, message } = observed;
      const help = "Give rows that the schema accepts, so that only the statement itself can be refused.";
      return [
        {
          code: "given-refused",
          message: `"${claim(params.name)}": PostgreSQL refuses \`${statement}\`, which must be accepted first: ${message}.`,
          help,
        },
      ];
    }
    const { refused } = observed;
    const asked = params["fails-with"];
    if (!asked) {
      const help = "Change the migration so that it is accepted.";
      return refused
        ? [
            {
              code: "refused",
              message: `${it(params.name)} ${refusedWith(refused)}; the plan asks that it be accepted.`,
              help,
            },
          ]
        : [];
    }
    if (refused) return other(params.name, asked, refused);
    const by = asked.constraint === undefined ? "" : ` by ${asked.constraint}`;
    const message = `${it(params.name)} accepted; the plan asks that it be refused with ${asked.condition}${by}.`;
    return [{ code: "accepted", message, help: "Add what refuses it in a migration of the phase." }];
  },

  prepares: ({ given, sabotage }) => [
    ...(typeof given === "object" && "file" in given ? [] : preparing("given", given)),
    ...preparing("sabotage", sabotage),
  ],

  mutants: statementMutants,

  strength: (base, head) =>
    ordered(base, head, {
      name: free,
      given: fixed,
      sql: fixed,
      "fails-with": (base, head) =>
        base && head
          ? ordered(base, head, { condition: fixed, constraint: optional, column: optional, message: optional })
          : fixed(base, head),
      accepted: fixed,
      as: fixed,
      set: fixed,
      // It takes the place of what is taken away where the plan gives none.
      sabotage: fixed,
    }),

  oracles: ({ given }) => (typeof given === "object" && "file" in given ? [given.file] : []),

  examples: [
    {
      setup: "CREATE TABLE a (x int PRIMARY KEY)",
      files: { "rows.sql": "INSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);" },
      params: {
        name: "a row that the file brought is refused",
        given: { file: "rows.sql" },
        sql: "INSERT INTO a VALUES (2)",
        "fails-with": { condition: "unique_violation", constraint: "a_pkey" },
      },
    },
    {
      setup: "CREATE TABLE a (r numeric CONSTRAINT ck CHECK (r <= 1))",
      params: {
        name: "a ratio above 1 is refused",
        sql: "INSERT INTO a VALUES (2)",
        "fails-with": { condition: "check_violation", constraint: "ck", message: 'violates .* "ck"' },
      },
    },
    {
      setup: "CREATE TABLE a (x int); CREATE UNIQUE INDEX i ON a (x) WHERE x > 0",
      params: {
        name: "a second one is refused",
        given: ["INSERT INTO a VALUES (0), (0)", "INSERT INTO a VALUES (1)"],
        sql: "INSERT INTO a VALUES (1)",
        "fails-with": { condition: "unique_violation", constraint: "i" },
      },
    },
    {
      setup: "CREATE TABLE a (x int NOT NULL)",
      params: {
        name: "nothing is refused",
        sql: "INSERT INTO a VALUES (NULL)",
        "fails-with": { condition: "not_null_violation", column: "x" },
      },
    },
    {
      setup: `CREATE TABLE a (t text); ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON a USING (t = current_setting('app.t')); GRANT INSERT ON a TO app_rw`,
      params: {
        name: "a row of another tenant is refused",
        sql: "INSERT INTO a VALUES ('two')",
        as: "app_rw",
        set: { "app.t": "one" },
        "fails-with": { condition: "insufficient_privilege", message: "row-level security" },
      },
    },
    {
      setup:
        "CREATE SCHEMA s; CREATE TABLE s.a (x serial, y int); GRANT USAGE ON SCHEMA s TO app_ro; GRANT SELECT ON s.a TO app_ro",
      params: {
        name: "readers cannot write",
        given: "INSERT INTO s.a VALUES (1, 1)",
        sql: "UPDATE s.a SET y = 2",
        as: "app_ro",
        "fails-with": { condition: "insufficient_privilege" },
      },
    },
    {
      setup: `CREATE TABLE a (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF (SELECT sum(x) FROM a) <> 100 THEN RAISE EXCEPTION 'off balance' USING ERRCODE = 'PG001', CONSTRAINT = 'balance'; END IF; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER balance AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()`,
      params: {
        name: "a sum other than 100 is refused, at the end only",
        given: ["INSERT INTO a VALUES (60)", "INSERT INTO a VALUES (40)"],
        sql: "INSERT INTO a VALUES (1)",
        "fails-with": { condition: "PG001", constraint: "balance" },
      },
    },
    {
      setup: "CREATE TABLE a (x int CHECK (x > 0))",
      params: {
        name: "one is accepted",
        sql: "INSERT INTO a VALUES (1)",
        accepted: true,
        sabotage: "ALTER TABLE a ADD CHECK (x > 1)",
      },
    },
    {
      setup: "CREATE DOMAIN d AS int CONSTRAINT positive CHECK (VALUE > 0); CREATE TABLE a (x d)",
      params: {
        name: "nothing below one",
        sql: "INSERT INTO a VALUES (0)",
        "fails-with": { condition: "check_violation", constraint: "positive" },
        sabotage: "ALTER DOMAIN d DROP CONSTRAINT positive",
      },
    },
  ],
});
