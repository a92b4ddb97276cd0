import { z } from "zod";
import { as, set } from "./acting.ts";
import { contractFindings } from "./contract-findings.ts";
import { contractMutants } from "./contract-mutants.ts";
import { type Observed, observeContract } from "./contract-observed.ts";
import { mapInWords } from "./contract-types.ts";
import { defineDatabaseKind } from "./kind.ts";
import { path, relation } from "./params.ts";
import { fixed, ordered, subset, superset } from "./strength.ts";

const params = z.strictObject({
  file: path.describe(
    "OpenAPI 3.0 or 3.1, or a JSON Schema; YAML or JSON. Compared are the schemas that operations answer with, as JSON, when they succeed (arrays: what they are of); of a JSON Schema the document, or the objects of its `$defs`.",
  ),
  schemas: z
    .record(z.string().min(1), relation)
    .describe(
      `Every response schema by its name, and the view or table that gives it: names and order of fields are those of the columns. Types: ${mapInWords} A required field that may not be null has a value in every row; of other fields nulls are not asked about.`,
    ),
  views: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Globs of views (`v_*`; outside of `public`: `schema.v_*`), which must all be mapped; each must match."),
  except: z
    .record(z.string().min(1), z.string().trim().min(1))
    .optional()
    .describe("Response schemas that no view gives, each with its reason."),
  refs: z
    .array(path)
    .min(1)
    .optional()
    .describe("Globs of the files that `$ref`s may lead into. They are part of the contract."),
  load: path
    .optional()
    .describe(
      "A file of SQL that is run first, so that there are rows; then the materialized views that are read are refreshed. Rolled back.",
    ),
  as,
  set,
});
export type ContractParams = z.output<typeof params>;

const codes = [
  "no-file",
  "unreadable",
  "no-schemas",
  "unmapped-schema",
  "no-schema",
  "unused-exception",
  "no-views",
  "unmapped-view",
  "no-view",
  "load-refused",
  "unsupported",
  "missing-field",
  "extra-column",
  "other-order",
  "other-type",
  "other-value",
  "nullable",
  "not-readable",
  "no-rows",
] as const;
export type ContractCode = (typeof codes)[number];

export const contract = defineDatabaseKind({
  kind: "contract",
  summary:
    "Views give what a contract (OpenAPI or JSON Schema) promises, both ways: every response schema has its view, with the same fields in the same order, of types that fit, never null where the contract says so.",
  params,
  codes,
  points: ["head"],

  claim: ({ file, schemas }) =>
    `${file}: ${Object.entries(schemas)
      .map(([name, view]) => `${name} is ${view}`)
      .join(", ")}`,

  async observe({ database, tree }, params) {
    const observed = await observeContract(database, tree, params);
    const schemas = observed.file.status === "read" ? observed.file.schemas.length : 0;
    const views = observed.matching.reduce((sum, { views }) => sum + views.length, 0);
    return { examined: Math.max(1, schemas + Object.keys(params.schemas).length + views), observed };
  },

  judge: (params, observed: Observed) => contractFindings(params, observed),
  mutants: (params, observed: Observed, { tree }) => contractMutants(params, observed, tree),

  strength: (base, head) =>
    ordered(base, head, {
      file: fixed,
      schemas: (base, head) => superset(Object.entries(base), Object.entries(head)),
      views: superset,
      except: (base = {}, head = {}) => subset(Object.keys(base), Object.keys(head)),
      refs: fixed,
      load: fixed,
      as: fixed,
      set: fixed,
    }),
  oracles: ({ file, refs = [], load }) => [file, ...refs, ...(load === undefined ? [] : [load])],

  examples: [
    {
      setup: `CREATE TABLE ledger (tenant uuid NOT NULL, cents bigint NOT NULL, state text NOT NULL, note text, posted timestamptz NOT NULL DEFAULT now());
        CREATE MATERIALIZED VIEW sums AS SELECT tenant, sum(cents) / 100.0 AS total, max(posted) AS newest, min(state) AS state, min(note) AS note FROM ledger GROUP BY tenant;
        CREATE VIEW v_revenue AS SELECT total, newest, state, note, tenant FROM sums WHERE tenant = current_setting('app.tenant', true)::uuid;
        GRANT SELECT ON v_revenue TO app_ro`,
      files: {
        "api.yaml": `openapi: 3.1.0
paths:
  /revenue:
    get:
      responses:
        "200":
          content:
            application/json:
              schema: { type: array, items: { $ref: "#/components/schemas/Revenue" } }
        "404":
          content:
            application/json:
              schema: { title: Problem, type: object, properties: { detail: { type: string } } }
  /health:
    get:
      responses:
        "200":
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Health" }
components:
  schemas:
    Health: { type: object, properties: { up: { type: boolean } } }
    Revenue:
      allOf:
        - type: object
          required: [total, newest, state]
          properties:
            total: { type: number }
            newest: { type: string, format: date-time }
            state: { type: string, enum: [open, closed] }
            note: { type: [string, "null"] }
        - $ref: shared/tenant.yaml#/$defs/OfTenant
`,
        "shared/tenant.yaml": `$defs:
  OfTenant:
    type: object
    required: [tenant]
    properties: { tenant: { type: string, format: uuid } }
`,
        "rows.sql": `INSERT INTO ledger VALUES ('a0000000-0000-4000-8000-000000000001', 100, 'open', NULL);
INSERT INTO ledger VALUES ('b0000000-0000-4000-8000-000000000001', 200, 'closed', 'x');`,
      },
      params: {
        file: "api.yaml",
        schemas: { Revenue: "v_revenue" },
        views: ["v_*"],
        except: { Health: "The program makes it up itself." },
        refs: ["shared/*.yaml"],
        load: "rows.sql",
        as: "app_ro",
        set: { "app.tenant": "a0000000-0000-4000-8000-000000000001" },
      },
    },
    {
      setup: `CREATE TYPE mood AS ENUM ('calm', 'cross');
        CREATE SCHEMA s;
        CREATE DOMAIN s.share AS numeric(6,5) CHECK (VALUE >= 0);
        CREATE TABLE s.person (id bigint PRIMARY KEY, mood mood NOT NULL, share s.share NOT NULL, tags text[], data jsonb, born date, age smallint, cents numeric(12,0))`,
      files: {
        "person.schema.json": JSON.stringify({
          $id: "https://example.com/person.schema.json",
          required: ["id", "mood", "share"],
          properties: {
            id: { type: "integer", format: "int64" },
            mood: { enum: ["calm", "cross"] },
            share: { type: "number" },
            tags: { type: "array", items: { type: "string" } },
            data: { type: "object" },
            born: { type: "string", format: "date" },
            age: { type: "integer", format: "int32" },
            cents: { oneOf: [{ type: "integer" }, { type: "null" }] },
          },
        }),
      },
      params: { file: "person.schema.json", schemas: { person: "s.person" } },
    },
  ],
});
