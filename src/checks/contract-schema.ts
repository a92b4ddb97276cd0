import type { JsonType } from "./contract-types.ts";
import { fitting, formatsOf, typeInWords } from "./contract-types.ts";

/** What a schema of a contract says of rows: its fields in order. `$ref`s have been followed before. */

export type Field = {
  readonly name: string;
  readonly type: JsonType;
  /** It is there in every answer, and never null. */
  readonly always: boolean;
  /** Of `enum` and `const`, without null. */
  readonly values: readonly string[] | null;
};

/** A schema as fields; or why it cannot be compared with columns. */
export type Shape = { readonly fields: readonly Field[] } | { readonly mistake: string };

/** Thrown and caught here: why a schema cannot be compared. */
class Incomparable extends Error {}

type Node = { readonly [key: string]: unknown };
export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Flat {
  /** Without null; `undefined`: it does not say. */
  readonly types?: readonly string[];
  /** Null is among its types; `undefined`: it does not say. */
  readonly nullable?: boolean;
  readonly format?: string;
  readonly values?: readonly unknown[];
  readonly items?: unknown;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
}

/** Keywords that say what cannot be seen in the columns of a view. */
const refused = ["not", "if", "patternProperties", "dependentSchemas", "dependentRequired", "prefixItems"];

/** A schema with `allOf` merged, and null taken out of `oneOf` and `anyOf`. `inside`: the schemas that are being merged. */
function flat(node: unknown, inside: ReadonlySet<unknown> = new Set()): Flat {
  if (!isNode(node)) throw new Incomparable(`is ${JSON.stringify(node)} instead of a schema`);
  if (inside.has(node) || typeof node.$ref === "string") throw new Incomparable("includes itself");
  const keyword = refused.find((word) => word in node);
  if (keyword !== undefined) throw new Incomparable(`uses \`${keyword}\``);
  const within = new Set([...inside, node]);
  const parts = list(node.allOf).map((part) => flat(part, within));
  const choice = [node.oneOf, node.anyOf].flatMap((choices) => (choices === undefined ? [] : [list(choices)]));
  const chosen = choice.map((choices) => {
    const real = choices.filter((one) => !isNull(one));
    const [only] = real;
    if (real.length !== 1 || only === undefined) {
      throw new Incomparable(`is one of ${choices.length} (\`oneOf\`, \`anyOf\`)`);
    }
    const one = flat(only, within);
    return real.length < choices.length ? { ...one, nullable: true } : one;
  });
  const merged = [...parts, ...chosen, own(node)].reduce(merge);
  // Written beside `allOf`, OpenAPI 3.0's `nullable` is meant for the whole.
  return node.nullable === true ? { ...merged, nullable: true } : merged;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isNull = (value: unknown): boolean => isNode(value) && (value.type === "null" || value.const === null);

function own(node: Node): Flat {
  const { type, enum: values, const: only, format, items, properties, required, contentEncoding } = node;
  const types = type === undefined ? undefined : [type].flat().map(String);
  const encoded = contentEncoding === "base64" ? { format: "byte" } : {};
  return {
    ...(types ? { types: types.filter((one) => one !== "null"), nullable: types.includes("null") } : {}),
    ...(typeof format === "string" ? { format } : encoded),
    ...("const" in node ? { values: [only] } : Array.isArray(values) ? { values } : {}),
    ...(items === undefined ? {} : { items }),
    properties: new Map(isNode(properties) ? Object.entries(properties) : []),
    required: new Set(list(required).map(String)),
  };
}

const both = <Value>(
  one: Value | undefined,
  other: Value | undefined,
  join: (one: Value, other: Value) => Value,
): Value | undefined => (one === undefined ? other : other === undefined ? one : join(one, other));

function merge(one: Flat, other: Flat): Flat {
  const types = both(one.types, other.types, (left, right) => {
    const common = left.filter((type) => right.includes(type) || (type === "integer" && right.includes("number")));
    const whole = right.includes("integer") && left.includes("number") ? ["integer"] : [];
    if (common.length + whole.length === 0) {
      throw new Incomparable(`is ${left.join(" or ")}, and ${right.join(" or ")} at the same time (\`allOf\`)`);
    }
    return [...new Set([...common, ...whole])];
  });
  const format = both(one.format, other.format, (left, right) => {
    if (left !== right) throw new Incomparable(`has the formats ${left} and ${right} at the same time (\`allOf\`)`);
    return left;
  });
  const nullable = both(one.nullable, other.nullable, (left, right) => left && right);
  const values = both(one.values, other.values, (left, right) => left.filter((value) => right.includes(value)));
  const items = both(one.items, other.items, (left, right) => ({ allOf: [left, right] }));
  const properties = new Map(one.properties);
  for (const [name, schema] of other.properties) {
    const known = properties.get(name);
    properties.set(name, known === undefined ? schema : { allOf: [known, schema] });
  }
  return {
    ...(types ? { types } : {}),
    ...(nullable === undefined ? {} : { nullable }),
    ...(format === undefined ? {} : { format }),
    ...(values ? { values } : {}),
    ...(items === undefined ? {} : { items }),
    properties,
    required: new Set([...one.required, ...other.required]),
  };
}

/** The one type of a schema; values tell it where `type` does not. */
function typeOf({ types, format, values, items }: Flat): JsonType {
  const said = types ?? [...new Set((values ?? []).filter((value) => value !== null).map((value) => typeof value))];
  const [type, ...more] = said;
  if (type === undefined) throw new Incomparable("has no `type`");
  if (more.length > 0) throw new Incomparable(`may be ${said.join(" or ")}, and a column has one type`);
  const asked: JsonType = {
    type,
    format: format ?? null,
    items: type === "array" && items !== undefined ? typeOf(flat(items)) : null,
  };
  if (fitting({ ...asked, items: null }) === undefined) {
    const formats = formatsOf(type);
    const known = formats.length === 0 ? "is no type with formats" : `may be ${formats.join(", ")}`;
    throw new Incomparable(`is ${typeInWords(asked)}, of which the type map knows no column; ${type} ${known}`);
  }
  return asked;
}

function fieldOf(name: string, schema: unknown, required: boolean): Field {
  try {
    const one = flat(schema);
    const { values, nullable = false } = one;
    // What may be null says so in its `enum`, too.
    const present = values?.filter((value) => value !== null).map(String);
    const mayBeNull = nullable && (values?.includes(null) ?? true);
    return { name, type: typeOf(one), always: required && !mayBeNull, values: present ?? null };
  } catch (error) {
    if (error instanceof Incomparable) throw new Incomparable(`its field ${name} ${error.message}`);
    throw error;
  }
}

const isWriteOnly = (schema: unknown): boolean => isNode(schema) && schema.writeOnly === true;

/** The fields of an object schema. */
export function shapeOf(schema: unknown): Shape {
  try {
    const { types, properties, required } = flat(schema);
    if (types && !types.includes("object")) throw new Incomparable(`is ${types.join(" or ")} instead of an object`);
    if (properties.size === 0) throw new Incomparable("has no `properties`");
    const unknown = [...required].find((name) => !properties.has(name));
    if (unknown !== undefined) throw new Incomparable(`requires ${unknown}, which its \`properties\` do not have`);
    const answered = [...properties].filter(([, inner]) => !isWriteOnly(inner));
    return { fields: answered.map(([name, inner]) => fieldOf(name, inner, required.has(name))) };
  } catch (error) {
    if (error instanceof Incomparable) return { mistake: error.message };
    throw error;
  }
}

/** What an array is of; `undefined` for what is no array. */
export function itemsOf(schema: unknown): { readonly holder: Node; readonly items: unknown } | undefined {
  return isNode(schema) && [schema.type].flat().includes("array") ? { holder: schema, items: schema.items } : undefined;
}
