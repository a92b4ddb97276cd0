import { isDeepStrictEqual } from "node:util";
import { quotedName } from "../sql/identifier.ts";
import type { ContractCode, ContractParams } from "./contract.ts";
import type { ResponseSchema } from "./contract-file.ts";
import { type FoundColumn, type FoundView, type Observed, written } from "./contract-observed.ts";
import type { Field } from "./contract-schema.ts";
import { fits, fitting, typeInWords } from "./contract-types.ts";
import type { KindFinding } from "./kind.ts";
import { parts } from "./params.ts";

type Findings = KindFinding<ContractCode>[];

export function contractFindings(params: ContractParams, observed: Observed): Findings {
  const { file, matching, refused, views } = observed;
  const place = { file: params.file, line: 1 };
  const one = (code: ContractCode, message: string, help: string) => ({ code, message, help, place });
  if (file.status === "no-file") {
    const message = `${params.file} does not exist; the plan asks for a contract there.`;
    return [one("no-file", message, "Write it, or correct the path in the plan.")];
  }
  if (file.status === "unreadable") {
    const message = `${params.file} cannot be read: ${file.mistake}; the plan asks for OpenAPI 3.0, 3.1 or JSON Schema.`;
    return [one("unreadable", message, "Correct the file.")];
  }
  const findings: Findings = [];
  if (file.schemas.length === 0) {
    const message = `${params.file} gives no response as JSON; the plan asks for response schemas.`;
    findings.push(one("no-schemas", message, "Describe the responses of its paths with a schema."));
  }
  findings.push(...bothWays(params, file.schemas), ...globs(params, matching));
  if (refused) {
    const statement = refused.statement.replace(/\s+/g, " ");
    const shown = statement.length > 100 ? `${statement.slice(0, 100)}…` : statement;
    const message = `PostgreSQL refuses \`${shown}\` of ${params.load}: ${refused.message}; the plan asks for rows.`;
    const help = "Give rows that the schema accepts and that its materialized views can be filled from.";
    findings.push({ code: "load-refused", message, help, place: { file: params.load ?? params.file, line: 1 } });
  }
  for (const [name, view] of Object.entries(params.schemas)) {
    const found = views[name];
    if (!found) {
      const message = `${view} does not exist; the plan asks for a view that gives ${name}.`;
      findings.push(one("no-view", message, "Create it in a migration, or correct the plan."));
      continue;
    }
    const schemas = file.schemas.filter((schema) => schema.name === name);
    findings.push(...schemas.flatMap((schema) => compared(params, view, schema, found, refused === null)));
  }
  return findings;
}

/** Schemas of the file against those of the plan. */
function bothWays({ file, schemas, except = {} }: ContractParams, found: readonly ResponseSchema[]): Findings {
  const place = { file, line: 1 };
  const names = found.map(({ name }) => name);
  const listed = Object.keys(schemas).join(", ");
  const unmapped = found
    .filter(({ name }) => name === null || !(Object.hasOwn(schemas, name) || Object.hasOwn(except, name)))
    .map(({ name, where }): KindFinding<ContractCode> => {
      const message = `${where} gives ${name ?? "a schema without a name"}; the plan maps ${listed || "none"}.`;
      const help =
        name === null
          ? "Move it to `components.schemas`, so that it has a name, and map it to a view in `schemas`."
          : `Map ${name} to its view in \`schemas\`, or except it with a reason.`;
      return { code: "unmapped-schema", message, help, place };
    });
  const answered = [...new Set(names)].filter((name) => name !== null).join(", ") || "none";
  const absent = Object.keys(schemas)
    .filter((name) => !names.includes(name))
    .map((name): KindFinding<ContractCode> => {
      const message = `No response of ${file} is ${name}, but ${answered}; the plan maps it to ${schemas[name]}.`;
      return { code: "no-schema", message, help: "Add it to the contract, or take it out of `schemas`.", place };
    });
  const unused = Object.keys(except)
    .filter((name) => !names.includes(name) || Object.hasOwn(schemas, name))
    .map((name): KindFinding<ContractCode> => {
      const is = Object.hasOwn(schemas, name) ? "is mapped" : `is no response of ${file}`;
      return {
        code: "unused-exception",
        message: `${name} ${is}; the plan excepts it.`,
        help: "Take it out of `except`.",
      };
    });
  return [...unmapped, ...absent, ...unused];
}

/** Views of the database against those of the plan. */
function globs({ schemas }: ContractParams, matching: Observed["matching"]): Findings {
  const mapped = Object.values(schemas).map((view) => quotedName(parts(view)));
  return matching.flatMap(({ glob, views }): Findings => {
    if (views.length === 0) {
      const message = `${glob} matches no view; the plan asks that all such views be mapped.`;
      return [{ code: "no-views", message, help: "Create the views, or correct the glob in `views`." }];
    }
    return views
      .filter(({ schema, name }) => !mapped.includes(quotedName({ schema, name })))
      .map(({ schema, name }) => {
        const it = written({ schema, name });
        const message = `${it} matches ${glob} and gives no schema of the plan; the plan asks that all such views be mapped.`;
        const help = `Describe what ${it} gives in the contract and map it in \`schemas\`, or drop it.`;
        return { code: "unmapped-view", message, help };
      });
  });
}

/** @param loaded whether rows could be looked at */
function compared(
  params: ContractParams,
  view: string,
  { name, where, shape }: ResponseSchema,
  found: FoundView,
  loaded: boolean,
): Findings {
  const findings: Findings = [];
  const add = (code: ContractCode, message: string, help: string) =>
    findings.push({ code, message, help, place: { file: params.file, line: 1 } });
  if ("mistake" in shape) {
    const message = `${name} (${where}) ${shape.mistake}; the plan asks for an object whose fields can be compared with columns.`;
    add("unsupported", message, "Write it as an object with `properties`, each with one `type`.");
    return findings;
  }
  const { fields } = shape;
  const fieldNames = fields.map((field) => field.name);
  const columnNames = found.columns.map((column) => column.name);
  for (const field of fieldNames.filter((one) => !columnNames.includes(one))) {
    const message = `${view} has the columns ${columnNames.join(", ")}; ${name} asks for ${field}.`;
    add("missing-field", message, `Add the column ${field} to ${view}, or take the field out of the contract.`);
  }
  for (const column of columnNames.filter((one) => !fieldNames.includes(one))) {
    const message = `${view} has the column ${column}; ${name} asks for ${fieldNames.join(", ")} only.`;
    add("extra-column", message, `Take ${column} out of ${view}, or add the field to the contract.`);
  }
  const common = columnNames.filter((one) => fieldNames.includes(one));
  const order = fieldNames.filter((one) => columnNames.includes(one));
  if (!isDeepStrictEqual(common, order)) {
    const message = `${view} gives ${common.join(", ")} in this order; ${name} asks for ${order.join(", ")}.`;
    add("other-order", message, `Select the columns of ${view} in the order of the contract.`);
  }
  const pairs = fields.flatMap((field): readonly Pair[] => {
    const column = found.columns.find((one) => one.name === field.name);
    return column ? [{ field, column }] : [];
  });
  for (const { field, column } of pairs) {
    if (fits(field.type, column)) continue;
    const types = (fitting(field.type) ?? []).join(" or ");
    const message = `${view}.${column.name} is ${column.type}; ${name} asks for ${typeInWords(field.type)}, which is ${types}.`;
    add("other-type", message, `Cast it in ${view}, or correct the contract.`);
  }
  for (const { field, column } of pairs) {
    const strange = field.values ? strangers(field.values, column, found) : [];
    if (strange.length === 0) continue;
    const message = `${view}.${field.name} may be ${strange.join(", ")}; ${name} asks for ${field.values?.join(", ")} only.`;
    add("other-value", message, `Let ${view} give the contract's values only, or add them to its \`enum\`.`);
  }
  for (const { column } of pairs.filter((pair) => pair.field.always)) {
    const nulls = found.nulls[column.name] ?? 0;
    const is =
      found.isTable && !column.notNull ? "is nullable" : nulls > 0 ? `is null in ${nulls} of ${found.rows} rows` : "";
    if (is === "") continue;
    const message = `${view}.${column.name} ${is}; ${name} asks for a value in every row.`;
    add("nullable", message, "Make sure that there is a value, or let the contract say that it may be null.");
  }
  if (found.refusal !== null) {
    const reader = params.as ?? "a role that may read everything of the migrator's";
    const message = `PostgreSQL refuses to read ${view} as ${reader}: ${found.refusal}; the plan asks for its rows.`;
    add("not-readable", message, "Grant SELECT, or fill it with `load`.");
    return findings;
  }
  if (loaded && found.rows === 0 && pairs.some((pair) => needsRows(pair, found))) {
    const message = `${view} has no row, so nobody can see whether its values are as ${name} asks; the plan asks for a row at least.`;
    const rows = params.load === undefined ? "Give a file of rows in `load`" : `Add rows for ${view} to ${params.load}`;
    add("no-rows", message, `${rows}, and with \`set\` the settings that the view filters by.`);
  }
  return findings;
}

/** What PostgreSQL's own type allows, or else what the rows hold, and the contract does not know. */
const strangers = (values: readonly string[], { name, labels }: FoundColumn, found: FoundView): readonly string[] =>
  labels ? labels.filter((label) => !values.includes(label)) : (found.strangers[name] ?? []);

interface Pair {
  readonly field: Field;
  readonly column: FoundColumn;
}

/** The catalog alone does not tell whether the field is as asked. */
const needsRows = ({ field, column }: Pair, { isTable }: FoundView): boolean =>
  (field.always && !isTable) || (field.values !== null && column.labels === null);
