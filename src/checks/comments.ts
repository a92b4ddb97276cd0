import { z } from "zod";
import { nameIn } from "../catalog/identity.ts";
import { readCatalog } from "../catalog/read.ts";
import type { CatalogObject } from "../model/ports.ts";
import { defineDatabaseKind, type KindFinding, type Mutant } from "./kind.ts";
import { free, ordered, subset } from "./strength.ts";

type Observed = {
  readonly objects: readonly {
    readonly kind: string;
    readonly identity: string;
    readonly name: string;
    readonly comment: string | null;
  }[];
  /** Exceptions of the plan that name nothing which the phase created. */
  readonly unused: readonly string[];
};
type Code = "nothing-created" | "no-comment" | "unused-exception";

/** Kinds of objects that people meet. What PostgreSQL makes along with them (`isImplied`), privileges, extensions and casts need none. */
const commented: readonly string[] = [
  "schema",
  "table",
  "foreign table",
  "view",
  "materialized view",
  "column",
  "constraint",
  "domain constraint",
  "index",
  "policy",
  "trigger",
  "rule",
  "function",
  "procedure",
  "aggregate",
  "sequence",
  "type",
  "statistics",
  "event trigger",
  "publication",
];

/** The index behind a constraint, the sequence of a column, and what a partition has from its parent. */
const isImplied = ({ kind, properties }: CatalogObject): boolean =>
  (kind === "index" && properties.constraint !== undefined) ||
  (kind === "sequence" && properties.ownedBy !== undefined) ||
  properties.inherited === true;

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** A comment says something: more than blanks, and more than the name over again. */
const says = (comment: string | null, name: string): comment is string =>
  comment !== null && letters(comment) !== "" && letters(comment) !== letters(name);

/** As SQL: an identity of the catalog is what COMMENT ON takes. */
const target = ({ kind, identity }: { readonly kind: string; readonly identity: string }) =>
  kind === "domain constraint"
    ? `CONSTRAINT ${nameIn({ kind, identity }).replace(" on ", " ON DOMAIN ")}`
    : `${kind.toUpperCase()} ${nameIn({ kind, identity })}`;

export const comments = defineDatabaseKind({
  kind: "comments",
  summary: "Every object that the phase created has a comment which says more than its name.",
  params: z
    .strictObject({
      except: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe("Objects that need none, as reports name them: `index public.a_b`."),
      reason: z.string().min(1).optional().describe("Why they need none; asked for with `except`."),
    })
    .refine(({ except, reason }) => (except === undefined) === (reason === undefined), {
      error: "`except` and `reason` are given together",
    }),
  codes: ["nothing-created", "no-comment", "unused-exception"],
  points: ["head"],

  claim: ({ except = [] }) =>
    `every object of the phase has a comment${except.length === 0 ? "" : `, except ${except.join(", ")}`}`,

  async observe({ database, subject }, { except = [] }) {
    const catalog = await readCatalog(database);
    const objects = [...subject.created].sort().flatMap((identity) => {
      const object = catalog.get(identity);
      if (!object || !commented.includes(object.kind) || isImplied(object) || except.includes(identity)) return [];
      const { kind, name, properties } = object;
      return [{ kind, identity, name, comment: properties.comment === undefined ? null : String(properties.comment) }];
    });
    const unused = except.filter((identity) => !subject.created.includes(identity) || !catalog.has(identity));
    return { examined: Math.max(objects.length, 1), observed: { objects, unused } };
  },

  judge(_, { objects, unused }: Observed): KindFinding<Code>[] {
    const stale = unused.map((identity): KindFinding<Code> => {
      return {
        code: "unused-exception",
        message: `${identity} was not created by the phase; the plan excepts it.`,
        help: "Take it out of `except`.",
      };
    });
    if (objects.length === 0)
      return [
        ...stale,
        {
          code: "nothing-created",
          message: "The phase created nothing that needs a comment; the plan asks for comments on what it created.",
          help: "Let the phase own the migrations that create its objects, or take the check out.",
        },
      ];
    return [
      ...stale,
      ...objects
        .filter(({ comment, name }) => !says(comment, name))
        .map((object): KindFinding<Code> => {
          const found =
            object.comment === null ? "has no comment" : `has the comment '${object.comment}', which says nothing`;
          return {
            code: "no-comment",
            message: `${object.identity} ${found}; the plan asks for a comment that says something.`,
            help: `Add \`COMMENT ON ${target(object)} IS '…'\` to the migration.`,
          };
        }),
    ];
  },

  mutants(_, { objects, unused }: Observed) {
    const [first] = objects;
    if (!first) return [];
    const ofEachKind = objects.filter((one, index) => objects.findIndex(({ kind }) => kind === one.kind) === index);
    const mutants: Mutant<Code, Observed>[] = ofEachKind.map((object) => ({
      name: `the comment on ${object.identity} is gone`,
      sabotage: { sql: [`COMMENT ON ${target(object)} IS NULL`] },
      provokes: "no-comment",
    }));
    mutants.push(
      {
        name: `the comment on ${first.identity} repeats its name`,
        sabotage: {
          sql: [`COMMENT ON ${target(first)} IS '${first.name.replaceAll("'", "''").replaceAll("_", " ")}.'`],
        },
        provokes: "no-comment",
      },
      {
        name: "the phase created nothing",
        sabotage: { evidence: { objects: [], unused } },
        provokes: "nothing-created",
      },
      {
        name: "something is excepted that the phase did not create",
        sabotage: { evidence: { objects, unused: [...unused, "table public.another"] } },
        provokes: "unused-exception",
      },
    );
    return mutants;
  },

  strength: (base, head) => ordered(base, head, { except: subset, reason: free }),

  examples: [
    {
      setup: `CREATE TABLE a (id int CONSTRAINT a_pkey PRIMARY KEY, "B" text);
        CREATE INDEX a_b ON a ("B");
        CREATE VIEW v AS SELECT id FROM a;
        CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS 'SELECT n';
        COMMENT ON TABLE a IS 'One of them.';
        COMMENT ON COLUMN a.id IS 'Which one.';
        COMMENT ON COLUMN a."B" IS 'What it is called.';
        COMMENT ON CONSTRAINT a_pkey ON a IS 'Each is there once.';
        COMMENT ON INDEX a_b IS 'They are looked for by what they are called.';
        COMMENT ON VIEW v IS 'All of them.';
        COMMENT ON COLUMN v.id IS 'Which one.';
        COMMENT ON FUNCTION f(int) IS 'Gives what it is given.';`,
      params: {},
    },
    {
      setup: `CREATE TABLE a (n int);
        CREATE INDEX a_n ON a (n);
        COMMENT ON TABLE a IS 'One of them.';
        COMMENT ON COLUMN a.n IS 'How many there are.';`,
      params: { except: ["index public.a_n"], reason: "An index for one night." },
    },
  ],
});
