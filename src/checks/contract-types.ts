/**
 * Which columns can give what a contract says. The map, for JSON's `type` and `format`:
 *
 * | type    | format                                    | column                                              |
 * | ------- | ----------------------------------------- | --------------------------------------------------- |
 * | boolean |                                           | boolean                                             |
 * | integer |                                           | smallint, integer, bigint, numeric(p,0)             |
 * | integer | int16 / int32 / int64                     | smallint / smallint, integer / bigint               |
 * | number  |                                           | numeric, real, double precision                     |
 * | number  | float / double / decimal                  | real / double precision / numeric                   |
 * | string  |                                           | text, varchar, char, citext, an enum type           |
 * | string  | uuid                                      | uuid                                                |
 * | string  | date-time / date / time                   | timestamptz / date / timetz                         |
 * | string  | duration                                  | interval                                            |
 * | string  | byte, binary                              | bytea                                               |
 * | string  | int64 / decimal                           | bigint / numeric                                    |
 * | string  | ipv4, ipv6                                | inet                                                |
 * | string  | email, uri, hostname, … (see `textual`)   | as without a format                                 |
 * | object  |                                           | json, jsonb                                         |
 * | array   |                                           | json, jsonb, an array of what its `items` may be    |
 *
 * `date-time` and `time` are those of RFC 3339, which have an offset: a timestamp without time zone gives none. A domain
 * counts as what it is made of. Any other format is refused, because nobody could say whether it holds.
 */

const texts = ["text", "character varying", "character", "citext"];

/** Formats that say which texts, and that any text type can hold. */
const textual = [
  "email",
  "idn-email",
  "hostname",
  "idn-hostname",
  "uri",
  "uri-reference",
  "uri-template",
  "iri",
  "iri-reference",
  "json-pointer",
  "regex",
  "password",
];

/** Whole numbers without a format may be `numeric` too, where it has no decimals. */
const noDecimals = "numeric(p,0)";

const map: { readonly [type: string]: { readonly [format: string]: readonly string[] } } = {
  boolean: { "": ["boolean"] },
  integer: {
    "": ["smallint", "integer", "bigint", noDecimals],
    int16: ["smallint"],
    int32: ["smallint", "integer"],
    int64: ["bigint"],
  },
  number: {
    "": ["numeric", "real", "double precision"],
    float: ["real"],
    double: ["double precision"],
    decimal: ["numeric"],
  },
  string: {
    "": texts,
    uuid: ["uuid"],
    "date-time": ["timestamp with time zone"],
    date: ["date"],
    time: ["time with time zone"],
    duration: ["interval"],
    byte: ["bytea"],
    binary: ["bytea"],
    int64: ["bigint"],
    decimal: ["numeric"],
    ipv4: ["inet"],
    ipv6: ["inet"],
    ...Object.fromEntries(textual.map((format) => [format, texts])),
  },
  object: { "": ["json", "jsonb"] },
  array: { "": ["json", "jsonb"] },
};

/** For `.describe`, which docs/checks.md shows. */
export const mapInWords =
  "boolean: boolean. integer: smallint, integer, bigint, numeric(p,0); int32: smallint, integer; int64: bigint. " +
  "number: numeric, real, double precision; float: real; double: double precision; decimal: numeric. " +
  "string: text, varchar, char, citext, an enum type, also for email, uri, hostname and the like; uuid: uuid; date-time: timestamptz; " +
  "date: date; time: timetz; duration: interval; byte, binary: bytea; int64: bigint; decimal: numeric; ipv4, ipv6: inet. " +
  "object: json, jsonb. array: json, jsonb, an array of what its items may be. A domain counts as what it is made of.";

/** What a field of a contract is, without null. */
export type JsonType = {
  readonly type: string;
  readonly format: string | null;
  /** Of an array, where it says. */
  readonly items: JsonType | null;
};

/** A column's type: domains resolved, as `format_type` writes it, with its modifier. */
export type ColumnType = {
  readonly base: string;
  /** Of an enum type, or of an array of one. */
  readonly labels: readonly string[] | null;
};

export const typeInWords = ({ type, format, items }: JsonType): string =>
  [type, format && `(${format})`, items && `of ${typeInWords(items)}`].filter(Boolean).join(" ");

/** Names of types that fit; `undefined` for a type or format that the map does not have. */
export function fitting({ type, format, items }: JsonType): readonly string[] | undefined {
  const own = map[type]?.[format ?? ""];
  if (!own || !items) return own;
  const elements = fitting(items);
  return elements && [...own, ...elements.map((element) => `${element}[]`)];
}

/** Formats that the map has for a type, for help. */
export const formatsOf = (type: string): readonly string[] =>
  Object.keys(map[type] ?? {}).filter((format) => format !== "");

const bare = (type: string): string => type.replace(/\(\d+(,-?\d+)?\)/, "");

export function fits(asked: JsonType, { base, labels }: ColumnType): boolean {
  if (base.endsWith("[]")) {
    return asked.items !== null && asked.type === "array" && fits(asked.items, { base: base.slice(0, -2), labels });
  }
  const types = fitting(asked) ?? [];
  if (labels !== null) return types === texts;
  if (types.includes(noDecimals) && /^numeric\(\d+,0\)$/.test(base)) return true;
  // An extension's type is written with its schema.
  const name = bare(base).replace(/^.*\.citext$/, "citext");
  return types.includes(name);
}
