/** A schema as OpenAPI 3.0 writes it: what of it is read here. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: { readonly [name: string]: OpenApiSchema };
  readonly required?: readonly string[];
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly allOf?: readonly OpenApiSchema[];
  readonly anyOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly not?: OpenApiSchema;
}

export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** How the words that the two dialects share without a difference are called. */
const shared = [
  "type",
  "enum",
  "format",
  "pattern",
  "minimum",
  "maximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "required",
] as const;

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: "null" }] });

/**
 * The same schema as JSON Schema draft 7.
 *
 * `named` gives the `$id` under which a component of the description is known. A `closed` schema refuses properties
 * that it does not name: GitHub ignores them, so that a misspelt one would go unnoticed; alternatives stay open,
 * because each of them names only a part.
 */
export const jsonSchema = (
  schema: OpenApiSchema,
  named: (reference: string) => string,
  closed: boolean = false,
): JsonSchema => {
  if (schema.$ref !== undefined) return { $ref: named(schema.$ref) };
  const inner = (part: OpenApiSchema): JsonSchema => jsonSchema(part, named, closed);
  const alternative = (part: OpenApiSchema): JsonSchema => jsonSchema(part, named);
  const words: { [keyword: string]: unknown } = {};
  const written = schema as JsonSchema;
  for (const word of shared) if (written[word] !== undefined) words[word] = written[word];
  if (schema.properties) {
    words.properties = Object.fromEntries(Object.entries(schema.properties).map(([name, part]) => [name, inner(part)]));
  }
  if (schema.items) words.items = inner(schema.items);
  if (typeof schema.additionalProperties === "object") words.additionalProperties = inner(schema.additionalProperties);
  else if (schema.additionalProperties !== undefined) words.additionalProperties = schema.additionalProperties;
  else if (closed && schema.properties) words.additionalProperties = false;
  if (schema.not) words.not = alternative(schema.not);
  for (const combined of ["allOf", "anyOf", "oneOf"] as const) {
    const parts = schema[combined];
    if (parts) words[combined] = parts.map(alternative);
  }
  return schema.nullable === true ? orNull(words) : words;
};
