import { describe, expect, test } from "@jest/globals";
import { contract } from "../../src/checks/contract.ts";
import { fits, type JsonType } from "../../src/checks/contract-types.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying, type World } from "./example-world.ts";

const attempt = trying(cluster());

const schema = {
  type: "object",
  required: ["id", "total"],
  properties: {
    id: { type: "string", format: "uuid" },
    total: { type: "number" },
    note: { type: ["string", "null"] },
  },
};
const response = (inner: unknown) => ({ content: { "application/json": { schema: inner } } });
const ref = { $ref: "#/components/schemas/A" };
/** An OpenAPI file whose only answer is A, with some of it changed. */
const api = (change: object = {}): string =>
  JSON.stringify({
    openapi: "3.1.0",
    paths: { "/a": { get: { responses: { 200: response(ref) } } } },
    components: { schemas: { A: schema } },
    ...change,
  });
const withA = (a: unknown, more: object = {}) => api({ components: { schemas: { A: a, ...more } } });
const answering = (responses: object, openapi = "3.1.0") => api({ openapi, paths: { "/a": { get: { responses } } } });

const uuid = "'a0000000-0000-4000-8000-000000000001'::uuid";
const select = `SELECT ${uuid} AS id, 1.5 AS total, NULL::text AS note`;
const view = `CREATE VIEW v AS ${select}`;

const look = async (setup: string, files: World["files"] | string, params: object = {}): ReturnType<typeof lookAt> =>
  lookAt(setup, typeof files === "string" ? { "api.json": files } : files, params);
async function lookAt(setup: string, files: World["files"], params: object) {
  const given = { file: "api.json", schemas: { A: "v" }, ...params };
  return (await attempt(contract, given, { setup, ...(files ? { files } : {}) })).seen;
}

type Row = readonly [
  name: string,
  setup: string,
  files: World["files"] | string,
  codes: readonly string[],
  params?: object,
];

describe("the view gives what the schema says", () => {
  test.each<Row>([
    ["the same fields", view, api(), ["passed"]],
    ["one is missing", "CREATE VIEW v AS SELECT 1.5 AS total, NULL::text AS note", api(), ["missing-field"]],
    ["one is too many", `${view}, 1 AS more`, api(), ["extra-column"]],
    ["one has another name", view.replace("AS total", "AS sum"), api(), ["missing-field", "extra-column"]],
    [
      "the order is another",
      `CREATE VIEW v AS SELECT 1.5 AS total, NULL::text AS note, ${uuid} AS id`,
      api(),
      ["other-order"],
    ],
    ["a type is another", view.replace("1.5 AS", "1.5::text AS"), api(), ["other-type"]],
    ["a format is another", view.replace("::uuid", "::text"), api(), ["other-type"]],
    ["a required field is null in some row", `${view} UNION ALL SELECT ${uuid}, NULL, NULL`, api(), ["nullable"]],
    ["a field that is not required may be null", view, withA({ ...schema, required: [] }), ["passed"]],
    [
      "a required field that may be null may be null",
      view.replace("1.5", "NULL::numeric"),
      withA({ ...schema, properties: { ...schema.properties, total: { type: ["number", "null"] } } }),
      ["passed"],
    ],
    ["without rows nothing can be said of null", `${view} WHERE false`, api(), ["no-rows"]],
    [
      "where nothing is required no rows are needed",
      `${view} WHERE false`,
      withA({ ...schema, required: [] }),
      ["passed"],
    ],
    ["the view is not there", "SELECT 1", api(), ["no-view"]],
    ["the view is in another schema", `CREATE SCHEMA s; CREATE VIEW s.v AS ${select}`, api(), ["no-view"]],
    ["of a table NOT NULL counts", "CREATE TABLE v (id uuid NOT NULL, total real, note text)", api(), ["nullable"]],
    ["a table needs no rows", "CREATE TABLE v (id uuid NOT NULL, total real NOT NULL, note text)", api(), ["passed"]],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

const mood = (values: unknown[], type: unknown = "string") => withA({ properties: { mood: { type, enum: values } } });

describe("values of an enum", () => {
  test.each<Row>([
    ["those that are seen are known", "CREATE VIEW v AS SELECT 'calm' AS mood", mood(["calm", "cross"]), ["passed"]],
    ["one that is seen is not", "CREATE VIEW v AS SELECT 'glad' AS mood", mood(["calm", "cross"]), ["other-value"]],
    ["none is seen", "CREATE VIEW v AS SELECT 'calm' AS mood WHERE false", mood(["calm", "cross"]), ["no-rows"]],
    [
      "an enum type says it without rows",
      "CREATE TYPE m AS ENUM ('calm', 'glad'); CREATE TABLE v (mood m)",
      mood(["calm", "cross"]),
      ["other-value"],
    ],
    ["quotes are values", "CREATE VIEW v AS SELECT 'it''s \\' AS mood", mood(["it's \\"]), ["passed"]],
    [
      "null is among them only where the list says so",
      "CREATE VIEW v AS SELECT NULL::text AS mood",
      withA({ required: ["mood"], properties: { mood: { type: ["string", "null"], enum: ["calm"] } } }),
      ["nullable"],
    ],
    [
      "null is among them",
      "CREATE VIEW v AS SELECT NULL::text AS mood",
      withA({ required: ["mood"], properties: { mood: { enum: ["calm", null] } } }),
      ["nullable"],
    ],
    [
      "null is among them, and among the types",
      "CREATE VIEW v AS SELECT NULL::text AS mood",
      withA({ required: ["mood"], properties: { mood: { type: ["string", "null"], enum: ["calm", null] } } }),
      ["passed"],
    ],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

describe("both ways", () => {
  test.each<Row>([
    [
      "another response schema",
      view,
      answering({ 200: response(ref), 201: response({ title: "B" }) }),
      ["unmapped-schema"],
    ],
    [
      "a response schema without a name",
      view,
      answering({ 200: response(ref), 201: response({}) }),
      ["unmapped-schema"],
    ],
    [
      "an exception",
      view,
      answering({ 200: response(ref), 201: response({ title: "B" }) }),
      ["passed"],
      { except: { B: "The program makes it up." } },
    ],
    ["an exception that is mapped", view, api(), ["unused-exception"], { except: { A: "so" } }],
    ["an exception of what is not there", view, api(), ["unused-exception"], { except: { B: "so" } }],
    ["a mapped schema that is no response", view, api(), ["no-schema", "no-view"], { schemas: { A: "v", B: "w" } }],
    [
      "a schema that only a failure answers with",
      view,
      answering({ 200: response(ref), 404: response({ title: "B" }) }),
      ["passed"],
    ],
    [
      "a schema that only a failure answers with is no response",
      view,
      answering({ 404: response(ref) }),
      ["no-schemas", "no-schema"],
    ],
    ["default is success where nothing else is", view, answering({ default: response(ref) }), ["passed"]],
    ["no response at all", view, api({ paths: {} }), ["no-schemas", "no-schema"]],
    [
      "a response that is no JSON",
      view,
      answering({ 200: { content: { "text/csv": { schema: ref } } } }),
      ["no-schemas", "no-schema"],
    ],
    [
      "JSON with a character set, and JSON of one's own",
      view,
      answering({
        200: { content: { "application/json; charset=utf-8": { schema: ref } } },
        201: { content: { "application/vnd.b+json": { schema: { title: "B" } } } },
      }),
      ["unmapped-schema"],
    ],
    ["an array of them", view, answering({ 200: response({ type: "array", items: ref }) }), ["passed"]],
    [
      "two schemas of one name are both compared",
      view,
      answering({
        200: response(ref),
        201: response({ title: "A", type: "object", properties: { x: { type: "string" } } }),
      }),
      ["missing-field", "extra-column", "extra-column", "extra-column"],
    ],
    ["a view that nobody maps", `${view}; CREATE VIEW v_b AS SELECT 1`, api(), ["unmapped-view"], { views: ["v*"] }],
    [
      "a materialized view in another schema that nobody maps",
      `${view}; CREATE SCHEMA s; CREATE MATERIALIZED VIEW s.v AS SELECT 1`,
      api(),
      ["unmapped-view"],
      { views: ["v", "s.*"] },
    ],
    ["a table is no view", `${view}; CREATE TABLE v_b (x int)`, api(), ["passed"], { views: ["v*"] }],
    ["a glob that matches nothing", view, api(), ["no-views"], { views: ["v_*"] }],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

const json = (value: unknown) => JSON.stringify(value);
const properties = { properties: schema.properties, required: schema.required };
const shared = { "api.json": withA({ $ref: "shared.json#/$defs/A" }), "shared.json": json({ $defs: { A: schema } }) };

describe("references", () => {
  test.each<Row>([
    ["into another file", view, shared, ["passed"], { refs: ["*.json"] }],
    ["into a file that the plan does not name", view, shared, ["unreadable"]],
    ["into a file that is not there", view, { "api.json": shared["api.json"] }, ["unreadable"], { refs: ["*.json"] }],
    [
      "a whole file is named as it is",
      view,
      {
        "db/api.json": answering({ 200: response({ $ref: "../schemas/A.schema.json" }) }),
        "schemas/A.schema.json": json(schema),
      },
      ["passed"],
      { file: "db/api.json", refs: ["schemas/*"] },
    ],
    ["that lead nowhere", view, withA({ $ref: "#/components/schemas/B" }), ["unreadable"]],
    ["out of the repository", view, withA({ $ref: "../../etc/passwd" }), ["unreadable"], { refs: ["**"] }],
    [
      "out of the repository and back in",
      view,
      { "api.json": withA({ $ref: "../b.json" }), "b.json": json(schema) },
      ["unreadable"],
      { refs: ["**"] },
    ],
    [
      "absolute ones",
      view,
      { "api.json": withA({ $ref: "/b.json" }), "b.json": json(schema) },
      ["unreadable"],
      { refs: ["**"] },
    ],
    ["encoded ones", view, withA({ $ref: "%2e%2e/%2e%2e/etc/passwd" }), ["unreadable"], { refs: ["**"] }],
    ["files of the machine", view, withA({ $ref: "file:///etc/passwd" }), ["unreadable"], { refs: ["**"] }],
    ["the network", view, withA({ $ref: "https://example.com/a.json" }), ["unreadable"], { refs: ["**"] }],
    [
      "below an $id of the network",
      view,
      { "api.json": json({ $id: "https://example.com/A.json", $ref: "b.json" }), "b.json": json(schema) },
      ["unreadable"],
      { refs: ["**"] },
    ],
    ["to itself", view, withA({ $ref: "#/components/schemas/A" }), ["unsupported"]],
    [
      "in a circle",
      view,
      withA({ $ref: "#/components/schemas/B" }, { B: { $ref: "#/components/schemas/A" } }),
      ["unsupported"],
    ],
    ["a schema that includes itself", view, withA({ allOf: [ref, schema] }), ["unsupported"]],
    [
      "a tree inside of a field is only JSON",
      "CREATE VIEW v AS SELECT '{}'::jsonb AS tree",
      withA({ properties: { tree: { type: "object", properties: { left: ref } } } }),
      ["passed"],
    ],
    [
      "what stands beside one counts in 3.1",
      view.replace("1.5", "NULL::numeric"),
      withA(
        {
          ...schema,
          properties: { ...schema.properties, total: { $ref: "#/components/schemas/N", type: ["number", "null"] } },
        },
        { N: { type: "number" } },
      ),
      ["passed"],
    ],
    [
      "what stands beside one is ignored in 3.0",
      view.replace("1.5", "NULL::numeric"),
      api({
        openapi: "3.0.3",
        components: {
          schemas: {
            A: {
              type: "object",
              required: ["id", "total"],
              properties: {
                ...schema.properties,
                total: { $ref: "#/components/schemas/N", nullable: true },
                note: { type: "string" },
              },
            },
            N: { type: "number" },
          },
        },
      }),
      ["nullable"],
    ],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

const total = (field: unknown) => withA({ ...schema, properties: { ...schema.properties, total: field } });
const nothing = view.replace("1.5", "NULL::numeric");

describe("how a schema may be written", () => {
  test.each<Row>([
    ["3.0's nullable", nothing, total({ type: "number", nullable: true }).replace("3.1.0", "3.0.0"), ["passed"]],
    ["one of null and something", nothing, total({ oneOf: [{ type: "number" }, { type: "null" }] }), ["passed"]],
    ["any of null and something", nothing, total({ anyOf: [{ type: "null" }, { type: "number" }] }), ["passed"]],
    ["allOf with nullable beside it", nothing, total({ allOf: [{ type: "number" }], nullable: true }), ["passed"]],
    [
      "allOf of which one may be null",
      nothing,
      total({ allOf: [{ type: "number" }, { type: ["number", "null"] }] }),
      ["nullable"],
    ],
    ["one of two things", view, total({ oneOf: [{ type: "number" }, { type: "string" }] }), ["unsupported"]],
    ["two types", view, total({ type: ["number", "string"] }), ["unsupported"]],
    ["no type", view, total({}), ["unsupported"]],
    ["an unknown format", view, total({ type: "string", format: "money" }), ["unsupported"]],
    ["an unknown type", view, total({ type: "decimal" }), ["unsupported"]],
    ["what cannot be seen in a column", view, total({ type: "number", not: { const: 3 } }), ["unsupported"]],
    [
      "allOf that contradicts itself",
      view,
      total({ allOf: [{ type: "number" }, { type: "string" }] }),
      ["unsupported"],
    ],
    [
      "allOf in order, the included first",
      view,
      withA({
        properties: { note: { type: "string" } },
        allOf: [
          {
            type: "object",
            required: ["id", "total"],
            properties: { id: schema.properties.id, total: schema.properties.total },
          },
        ],
      }),
      ["passed"],
    ],
    [
      "allOf that asks for more of a field",
      view,
      withA({
        allOf: [
          { ...schema, required: [] },
          { type: "object", required: ["total"], properties: { total: { type: "number", format: "double" } } },
        ],
      }),
      ["other-type"],
    ],
    ["required names no property", view, withA({ ...schema, required: ["id", "totl"] }), ["unsupported"]],
    ["a text instead of an object", view, withA({ type: "string" }), ["unsupported"]],
    ["additionalProperties are not asked about", view, withA({ ...schema, additionalProperties: true }), ["passed"]],
    [
      "what is only written is not in an answer",
      view,
      withA({ ...schema, properties: { ...schema.properties, secret: { type: "string", writeOnly: true } } }),
      ["passed"],
    ],
    ["a JSON Schema is the document", view, { "A.json": json(schema) }, ["passed"], { file: "A.json" }],
    ["its title is its name", view, json({ title: "A", ...schema }), ["passed"]],
    ["or its definitions that are objects", view, json({ $defs: { A: schema, Id: { type: "string" } } }), ["passed"]],
    [
      "each of them",
      view,
      json({ definitions: { A: schema, B: { type: "object", ...properties } } }),
      ["unmapped-schema"],
    ],
    ["YAML", view, `# A contract\n${api()}`, ["passed"]],
    ["Swagger 2", view, json({ swagger: "2.0" }), ["unreadable"]],
    ["OpenAPI 4", view, api({ openapi: "4.0.0" }), ["unreadable"]],
    ["what is no YAML", view, "a: [", ["unreadable"]],
    ["a key that is there twice", view, '{"openapi": "3.1.0", "openapi": "3.1.0"}', ["unreadable"]],
    ["a text", view, "openapi", ["unreadable"]],
    ["nothing", view, "", ["unreadable"]],
    ["no file", view, {}, ["no-file"]],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

const filled = `CREATE TABLE a (id uuid, total numeric, note text); CREATE MATERIALIZED VIEW m AS SELECT * FROM a;
  CREATE MATERIALIZED VIEW b AS SELECT * FROM m WITH NO DATA; CREATE VIEW v AS SELECT * FROM b`;
const rows = `INSERT INTO a SELECT ${uuid}, 1, NULL;`;

describe("rows", () => {
  test.each<Row>([
    [
      "are seen through materialized views of each other",
      filled,
      { "api.json": api(), "rows.sql": rows },
      ["passed"],
      { load: "rows.sql" },
    ],
    ["are not seen where nobody refreshed", filled, api(), ["not-readable"]],
    ["there are none", filled, { "api.json": api(), "rows.sql": "SELECT 1" }, ["no-rows"], { load: "rows.sql" }],
    ["the file is gone", filled, api(), ["load-refused"], { load: "rows.sql" }],
    [
      "a statement is refused",
      filled,
      { "api.json": api(), "rows.sql": `${rows} SELECT 1 / 0` },
      ["load-refused"],
      { load: "rows.sql" },
    ],
    [
      "the file cannot be parsed",
      filled,
      { "api.json": api(), "rows.sql": "INSERT" },
      ["load-refused"],
      { load: "rows.sql" },
    ],
    [
      "the transaction cannot be left",
      filled,
      { "api.json": api(), "rows.sql": `${rows} COMMIT` },
      ["load-refused"],
      { load: "rows.sql" },
    ],
    [
      "point 17: two rows of a tenant, and the refresh is refused",
      `${filled}; CREATE UNIQUE INDEX ON m (id)`,
      { "api.json": api(), "rows.sql": rows + rows },
      ["load-refused"],
      { load: "rows.sql" },
    ],
    [
      "a constraint that waits for the end refuses them",
      `${filled}; CREATE TABLE t (x int UNIQUE DEFERRABLE INITIALLY DEFERRED)`,
      { "api.json": api(), "rows.sql": `${rows} INSERT INTO t VALUES (1), (1)` },
      ["load-refused"],
      { load: "rows.sql" },
    ],
    [
      "a view that filters shows nothing while nothing is set",
      `${filled} WHERE note = current_setting('app.note', true)`,
      { "api.json": api(), "rows.sql": rows },
      ["no-rows"],
      { load: "rows.sql" },
    ],
    ["the role may not read it", view, api(), ["not-readable"], { as: "app_ro" }],
    ["the role may read it", `${view}; GRANT SELECT ON v TO app_ro`, api(), ["passed"], { as: "app_ro" }],
  ])("%s", async (_, setup, files, codes, ...[params]) => {
    expect(codesOf(await look(setup, files, params))).toEqual(codes);
  });
});

const plain = (type: string, format: string | null = null): JsonType => ({ type, format, items: null });

test.each<readonly [JsonType, fits: string, not: string]>([
  [plain("boolean"), "boolean", "text"],
  [plain("integer"), "bigint", "numeric"],
  [plain("integer"), "numeric(12,0)", "numeric(12,2)"],
  [plain("integer", "int16"), "smallint", "integer"],
  [plain("integer", "int32"), "integer", "bigint"],
  [plain("integer", "int64"), "bigint", "integer"],
  [plain("number"), "numeric(6,5)", "integer"],
  [plain("number", "float"), "real", "double precision"],
  [plain("number", "double"), "double precision", "numeric"],
  [plain("number", "decimal"), "numeric", "double precision"],
  [plain("string"), "character varying(20)", "uuid"],
  [plain("string", "uuid"), "uuid", "text"],
  [plain("string", "date-time"), "timestamp(3) with time zone", "timestamp without time zone"],
  [plain("string", "date"), "date", "timestamp with time zone"],
  [plain("string", "time"), "time with time zone", "time without time zone"],
  [plain("string", "duration"), "interval", "text"],
  [plain("string", "byte"), "bytea", "text"],
  [plain("string", "email"), "public.citext", "bytea"],
  [plain("string", "int64"), "bigint", "text"],
  [plain("string", "decimal"), "numeric(10,2)", "text"],
  [plain("string", "ipv4"), "inet", "text"],
  [plain("object"), "jsonb", "text"],
  [plain("array"), "json", "text[]"],
  [{ ...plain("array"), items: plain("string", "uuid") }, "uuid[]", "text[]"],
])("%j fits %s, and not %s", (asked, good, bad) => {
  expect(fits(asked, { base: good, labels: null })).toBe(true);
  expect(fits(asked, { base: bad, labels: null })).toBe(false);
});

test("findings say what was found, what is asked, and where", async () => {
  const seen = await look("CREATE VIEW v AS SELECT NULL::text AS total, 1 AS id, NULL::text AS note", api());
  const place = { file: "api.json", line: 1 };
  expect(findingsOf(seen)).toEqual([
    {
      code: "other-order",
      message: "v gives total, id, note in this order; A asks for id, total, note.",
      help: "Select the columns of v in the order of the contract.",
      place,
    },
    {
      code: "other-type",
      message: "v.id is integer; A asks for string (uuid), which is uuid.",
      help: "Cast it in v, or correct the contract.",
      place,
    },
    {
      code: "other-type",
      message: "v.total is text; A asks for number, which is numeric or real or double precision.",
      help: "Cast it in v, or correct the contract.",
      place,
    },
    {
      code: "nullable",
      message: "v.total is null in 1 of 1 rows; A asks for a value in every row.",
      help: "Make sure that there is a value, or let the contract say that it may be null.",
      place,
    },
  ]);
});

test("another parameter asks for less, or for more", () => {
  const parsed = (params: object) => contract.params.parse({ file: "a", schemas: { A: "v" }, ...params });
  const base = parsed({ views: ["v_*"], except: { B: "so" } });
  const strength = (params: object) =>
    contract.strength(base, parsed({ views: ["v_*"], except: { B: "so" }, ...params }));
  expect(strength({ schemas: { A: "v", C: "w" } })).toBe("stronger");
  expect(strength({ schemas: { A: "w" } })).toBe("weaker");
  expect(strength({ views: ["w_*"] })).toBe("weaker");
  expect(strength({ views: ["v_*", "w_*"] })).toBe("stronger");
  expect(strength({ except: undefined })).toBe("stronger");
  expect(strength({ except: { B: "so", C: "so" } })).toBe("weaker");
  expect(strength({ load: "rows.sql" })).toBe("weaker");
  expect(contract.oracles?.(parsed({ load: "rows.sql", refs: ["s/*"] }))).toEqual(["a", "s/*", "rows.sql"]);
});
