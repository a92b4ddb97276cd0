import { z } from "zod";
import { quotedName } from "../sql/identifier.ts";
import { defineDatabaseKind, type KindFinding, type Mutant } from "./kind.ts";
import { parts, path, relation } from "./params.ts";
import { type Compared, compareWithSpec } from "./spec-comparison.ts";
import { fixed, ordered } from "./strength.ts";

type Observed = {
  /** `null`: there is no such file. */
  readonly seen: Compared | null;
};
type Code = "no-file" | "refused" | "no-table" | "missing" | "extra" | "differs";

const shown = (value: unknown) =>
  value === null ? "nothing" : typeof value === "string" ? value.trim() : JSON.stringify(value);

export const spec = defineDatabaseKind({
  kind: "spec",
  summary:
    "A DDL file, executed, gives the table that is there: columns in order, constraints, indexes, triggers, row level security.",
  params: z.strictObject({
    file: path.describe("The DDL file: CREATE TABLE, and what belongs to the table."),
    table: relation.describe("The table that it describes."),
  }),
  codes: ["no-file", "refused", "no-table", "missing", "extra", "differs"],
  points: ["head"],

  claim: ({ file, table }) => `${file} describes ${table}`,

  async observe({ database, tree }, { file, table }) {
    const sql = tree.read(file);
    if (sql === undefined) return { examined: 1, observed: { seen: null } };
    const seen = await compareWithSpec(database, sql, parts(table));
    return { examined: 1, observed: { seen } };
  },

  judge({ file, table }, { seen }: Observed): KindFinding<Code>[] {
    const place = { file, line: 1 };
    if (!seen)
      return [
        {
          code: "no-file",
          message: `${file} does not exist; the plan asks for the DDL of ${table} there.`,
          help: "Write it, or correct the path in the plan.",
        },
      ];
    if (seen.status === "refused")
      return seen.mistakes.map(({ line, message, help }) => ({
        code: "refused",
        message: `${file}:${line}: ${message}.`,
        help,
        place: { file, line },
      }));
    if (seen.status === "no-table")
      return [
        {
          code: "no-table",
          message: `${table} does not exist; ${file} describes it.`,
          help: "Create it in a migration, or correct the plan.",
          place,
        },
      ];
    const heirs = seen.heirs.map(
      (heir): KindFinding<Code> => ({
        code: "missing",
        message: `${heir} inherits from ${table}, so that its rows are shown as ${table}'s; ${file} describes one table.`,
        help: "Drop it in a migration, or make it a partition.",
        place,
      }),
    );
    const differences = seen.differences.map(({ identity, property, real, described }): KindFinding<Code> => {
      if (property !== null)
        return {
          code: "differs",
          message: `${identity}: ${property} is ${shown(real)}; ${file} says ${shown(described)}.`,
          help: "Bring the file and the migrations to the same.",
          place,
        };
      if (described === null)
        return {
          code: "missing",
          message: `${identity} exists; ${file} does not describe it.`,
          help: "Add it to the file, or drop it in a migration.",
          place,
        };
      return {
        code: "extra",
        message: `${identity} does not exist; ${file} describes it.`,
        help: "Add it in a migration, or take it out of the file.",
        place,
      };
    });
    return [...differences, ...heirs];
  },

  mutants({ file, table }, { seen }: Observed, { tree }) {
    if (seen?.status !== "compared") return [];
    const alter = `ALTER TABLE ${quotedName(parts(table))}`;
    const text = tree.read(file) ?? "";
    const last = seen.columns.at(-1);
    const mutants: Mutant<Code, Observed>[] = [
      { name: `${file} is gone`, sabotage: { files: { [file]: undefined } }, provokes: "no-file" },
      {
        name: `${file} does something else, too`,
        sabotage: { files: { [file]: `${text}\n;COMMIT;` } },
        provokes: "refused",
      },
      { name: "the table is gone", sabotage: { sql: [`${alter} RENAME TO phasegate_mutant`] }, provokes: "no-table" },
      {
        name: "the table has another column",
        sabotage: { sql: [`${alter} ADD COLUMN phasegate_mutant int`] },
        provokes: "missing",
      },
      {
        name: "another table inherits from it",
        sabotage: {
          sql: [
            `CREATE TABLE ${quotedName({ schema: parts(table).schema, name: "phasegate_mutant" })} () INHERITS (${quotedName(parts(table))})`,
          ],
        },
        otherwise: { evidence: { seen: { ...seen, heirs: ["phasegate_mutant"] } } },
        provokes: "missing",
      },
      {
        name: "row level security is the other way round",
        sabotage: { sql: [`${alter} ${seen.rowSecurity ? "DISABLE" : "ENABLE"} ROW LEVEL SECURITY`] },
        provokes: "differs",
      },
    ];
    if (last !== undefined)
      mutants.push({
        name: `the column ${last} is gone`,
        sabotage: { sql: [`${alter} DROP COLUMN ${last} CASCADE`] },
        provokes: "extra",
      });
    return mutants;
  },

  // The comparison goes both ways, so that no version of the file asks for less: it is no oracle.
  strength: (base, head) => ordered(base, head, { file: fixed, table: fixed }),

  examples: [
    {
      setup: `CREATE TABLE parent (id int PRIMARY KEY);
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TABLE a (id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE, n numeric(6, 5) NOT NULL);
        ALTER TABLE a ADD CONSTRAINT ck_n CHECK (n >= 0 AND n <= 1);
        CREATE UNIQUE INDEX idx_n ON a (parent, n) WHERE n > 0;
        CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch();
        ALTER TABLE a ENABLE ROW LEVEL SECURITY;
        CREATE POLICY p ON a USING (parent = 1);`,
      files: {
        "db/a.sql": `-- The table.
CREATE TABLE public.a (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  parent integer,
  n numeric(6,5) NOT NULL,
  CONSTRAINT ck_n CHECK (n BETWEEN 0 AND 1),
  CONSTRAINT a_parent_fkey FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_n ON a (parent, n) WHERE n > 0;
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE ONLY a ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.a USING (parent = 1);
COMMENT ON TABLE a IS 'Compared elsewhere.';
`,
      },
      params: { file: "db/a.sql", table: "a" },
    },
    {
      setup: "CREATE TABLE b (n int)",
      files: { "b.sql": "CREATE TABLE b (n int);" },
      params: { file: "b.sql", table: "b" },
    },
  ],
});
