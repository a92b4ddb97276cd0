import type { Json } from "../model/json.ts";
import type { Tree } from "../model/ports.ts";
import { quoted, quotedName } from "../sql/identifier.ts";
import type { ContractCode, ContractParams } from "./contract.ts";
import type { ResponseSchema } from "./contract-file.ts";
import { contractFindings } from "./contract-findings.ts";
import { type FoundColumn, type FoundView, matchesGlob, type Observed } from "./contract-observed.ts";
import type { Field } from "./contract-schema.ts";
import { readData } from "./data-file.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";

type Mutants = Mutant<ContractCode, Observed>[];

export function contractMutants(params: ContractParams, observed: Observed, tree: Tree): Mutants {
  const { file } = observed;
  // Nothing can be shown to a check that does not hold: it would have failed anyway.
  if (contractFindings(params, observed).length > 0) return [];
  const data = readData(tree.read(params.file) ?? "");
  if (file.status !== "read" || "mistake" in data) return [];
  return [
    ...ofTheFile(params, observed, file.schemas, data.value),
    ...ofTheGlobs(observed),
    ...ofTheRows(params, observed, tree),
    ...Object.keys(params.schemas).flatMap((name) => {
      const schema = file.schemas.find((one) => one.name === name);
      const found = observed.views[name];
      return schema && found ? ofOneView(params, name, schema, found, observed) : [];
    }),
  ];
}

const isNode = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The document with another value at the end of the steps; `undefined` where they do not lead through it. */
function put(value: Json | undefined, [step, ...more]: readonly string[], inner: Json | undefined): Json | undefined {
  if (step === undefined) return inner;
  if (!isNode(value) || !Object.hasOwn(value, step)) return undefined;
  const next = put(value[step], more, inner);
  if (next === undefined && (more.length > 0 || inner !== undefined)) return undefined;
  const entries = Object.entries(value).filter(([key]) => key !== step || next !== undefined);
  return Object.fromEntries(entries.map(([key, old]) => [key, key === step && next !== undefined ? next : old]));
}

function ofTheFile(
  { file: path, schemas, except }: ContractParams,
  observed: Observed,
  found: readonly ResponseSchema[],
  document: Json,
): Mutants {
  const withSchemas = (changed: readonly ResponseSchema[]) => ({
    evidence: { ...observed, file: { status: "read" as const, schemas: changed } },
  });
  /** The file is written anew, as JSON, which is YAML; where the schema stands in another one, the evidence is changed. */
  const rewritten = (steps: readonly string[], inner: Json | undefined, otherwise: readonly ResponseSchema[]) => {
    // Another document altogether would be said to have another name, or none.
    const text = steps.length === 0 ? undefined : put(document, steps, inner);
    return text === undefined ? withSchemas(otherwise) : { files: { [path]: JSON.stringify(text) } };
  };
  const shape = { mistake: "is one of 2 (`oneOf`, `anyOf`)" };
  const mutants: Mutants = [
    { name: `${path} is gone`, sabotage: { files: { [path]: undefined } }, provokes: "no-file" },
    { name: `${path} cannot be read`, sabotage: { files: { [path]: "{" } }, provokes: "unreadable" },
    {
      name: "a $ref leads out of the repository",
      sabotage: { files: { [path]: JSON.stringify({ $ref: "../".repeat(path.split("/").length) + path }) } },
      provokes: "unreadable",
    },
    { name: "no response has a schema", sabotage: withSchemas([]), provokes: "no-schemas" },
    {
      name: "there is another response schema",
      sabotage: withSchemas([...found, { name: "Mutant", where: "GET /mutant 200", steps: [], shape }]),
      provokes: "unmapped-schema",
    },
  ];
  for (const one of found.filter(({ name }) => name !== null && Object.hasOwn(schemas, name))) {
    const rest = found.filter((other) => other !== one);
    mutants.push(
      {
        name: `no response is ${one.name}`,
        sabotage: rewritten(
          one.steps,
          { title: "Mutant", type: "object", properties: { x: { type: "string" } } },
          rest,
        ),
        provokes: "no-schema",
      },
      {
        name: `${one.name} may be one thing or another`,
        sabotage: rewritten(one.steps, { title: one.name ?? "", oneOf: [{ type: "object" }, { type: "string" }] }, [
          ...rest,
          { ...one, shape },
        ]),
        provokes: "unsupported",
      },
    );
  }
  for (const name of Object.keys(except ?? {})) {
    mutants.push({
      name: `${name}, which is excepted, is no response any more`,
      sabotage: withSchemas(found.filter((one) => one.name !== name)),
      provokes: "unused-exception",
    });
  }
  return mutants;
}

function ofTheGlobs(observed: Observed): Mutants {
  return observed.matching.flatMap(({ glob, views }): Mutants => {
    const [first] = views;
    if (!first) return [];
    const matching = (changed: readonly { readonly schema: string; readonly name: string }[]): Observed => ({
      ...observed,
      matching: observed.matching.map((one) => (one.glob === glob ? { glob, views: changed } : one)),
    });
    const another = { schema: first.schema, name: `${first.name}_mutant`.slice(0, 63) };
    const created = `CREATE VIEW ${quotedName(another)} AS SELECT 1 AS mutant`;
    const onEvidence = { evidence: matching([...views, another]) };
    return [
      {
        name: `another view matches ${glob}`,
        ...(matchesGlob(glob, another)
          ? { sabotage: { sql: [created] }, otherwise: onEvidence }
          : { sabotage: onEvidence }),
        provokes: "unmapped-view",
      },
      { name: `no view matches ${glob}`, sabotage: { evidence: matching([]) }, provokes: "no-views" },
    ];
  });
}

function ofTheRows({ load, refs }: ContractParams, observed: Observed, tree: Tree): Mutants {
  const mutants: Mutants = [];
  if (load !== undefined) {
    const text = tree.read(load) ?? "";
    mutants.push(
      { name: `${load} is gone`, sabotage: { files: { [load]: undefined } }, provokes: "load-refused" },
      {
        name: `PostgreSQL refuses a statement of ${load}`,
        sabotage: { files: { [load]: `${text}\n;\nSELECT 1 / 0;\n` } },
        provokes: "load-refused",
      },
    );
  }
  if (refs && observed.file.status === "read") {
    const evidence: Observed = { ...observed, file: { status: "unreadable", mistake: "a $ref leads nowhere" } };
    mutants.push({ name: "a $ref leads into no file", sabotage: { evidence }, provokes: "unreadable" });
  }
  return mutants;
}

/** @param name of the schema */
function ofOneView(
  params: ContractParams,
  name: string,
  { shape }: ResponseSchema,
  found: FoundView,
  observed: Observed,
): Mutants {
  const view = params.schemas[name] ?? "";
  const fields = "fields" in shape ? shape.fields : [];
  const it = quotedName(parts(view));
  const behind = quotedName({ schema: parts(view).schema, name: "phasegate_mutant" });
  const rename = `ALTER TABLE ${it} RENAME TO phasegate_mutant`;
  /** A view in its place, over what it was. */
  const instead = (select: string) => ({
    sql: [rename, `CREATE VIEW ${it} AS SELECT ${select} FROM ${behind}`, `GRANT SELECT ON ${it} TO PUBLIC`],
  });
  const columns = found.columns.map((column) => quoted(column.name));
  const replacing = (field: Field, expression: string) =>
    instead(
      found.columns.map((one) => `${one.name === field.name ? `${expression} AS ` : ""}${quoted(one.name)}`).join(", "),
    );
  const changed = (column: FoundColumn, change: Partial<FoundColumn>): { readonly evidence: Observed } => {
    const changedColumns = found.columns.map((one) => (one === column ? { ...one, ...change } : one));
    return { evidence: { ...observed, views: { ...observed.views, [name]: { ...found, columns: changedColumns } } } };
  };
  /** What the contract says of its values: whether there is one, and which. */
  const ofItsValues = (field: Field, column: FoundColumn): Mutants => {
    const where = `${view}.${field.name}`;
    const mutants: Mutants = [];
    if (field.always && found.isTable) {
      mutants.push({
        name: `${where} is nullable`,
        sabotage: { sql: [`ALTER TABLE ${it} ALTER COLUMN ${quoted(field.name)} DROP NOT NULL`] },
        otherwise: changed(column, { notNull: false }),
        provokes: "nullable",
      });
    } else if (field.always) {
      const sabotage = replacing(field, `NULL::${column.type}`);
      mutants.push({ name: `${where} is null`, sabotage, provokes: "nullable" });
    }
    if (field.values) {
      mutants.push({
        name: `${where} may be something that the contract does not know`,
        sabotage: column.labels
          ? changed(column, { labels: [...column.labels, "mutant"] })
          : replacing(field, "'mutant'::text"),
        provokes: "other-value",
      });
    }
    return mutants;
  };
  const mutants: Mutants = [
    { name: `${view} is gone`, sabotage: { sql: [rename] }, provokes: "no-view" },
    { name: `${view} has another column`, sabotage: instead(`*, 1 AS phasegate_mutant`), provokes: "extra-column" },
  ];
  if (columns.length > 1) {
    const reversed = instead(columns.toReversed().join(", "));
    mutants.push({ name: `${view} has its columns in reverse`, sabotage: reversed, provokes: "other-order" });
  }
  for (const field of fields) {
    const column = quoted(field.name);
    const where = `${view}.${field.name}`;
    mutants.push(
      {
        name: `${where} has another name`,
        sabotage: { sql: [`ALTER TABLE ${it} RENAME COLUMN ${column} TO phasegate_mutant`] },
        provokes: "missing-field",
      },
      { name: `${where} is a point`, sabotage: replacing(field, "NULL::point"), provokes: "other-type" },
    );
    const its = found.columns.find((one) => one.name === field.name);
    if (its) mutants.push(...ofItsValues(field, its));
  }
  if (params.as !== undefined) {
    const sql = instead("*").sql.slice(0, -1);
    mutants.push({ name: `${params.as} may not read ${view}`, sabotage: { sql }, provokes: "not-readable" });
  }
  if (!found.isTable && fields.some(({ always }) => always)) {
    const { sql } = instead("*");
    const empty = sql.map((statement) =>
      statement.startsWith("CREATE VIEW") ? `${statement} WHERE false` : statement,
    );
    mutants.push({ name: `${view} gives no row`, sabotage: { sql: empty }, provokes: "no-rows" });
  }
  return mutants;
}
