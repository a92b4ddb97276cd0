import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { jsonSchema, type OpenApiSchema } from "./json-schema.ts";

/** Which request it is, as GitHub's documentation writes it: `GET /repos/{owner}/{repo}`. */
export type Endpoint = `${"GET" | "POST" | "PATCH" | "PUT" | "DELETE"} /${string}`;

interface Reference {
  readonly $ref: string;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: OpenApiSchema;
}

interface Content {
  readonly content?: { readonly "application/json"?: { readonly schema: OpenApiSchema } };
}

interface Operation {
  readonly externalDocs?: { readonly url: string };
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: Content & { readonly required?: boolean };
  readonly responses: { readonly [status: string]: Content | Reference };
}

interface Description {
  readonly paths: { readonly [template: string]: { readonly [method: string]: Operation | undefined } | undefined };
  readonly components: {
    readonly schemas: { readonly [name: string]: OpenApiSchema };
    readonly parameters: { readonly [name: string]: Parameter };
    readonly responses: { readonly [name: string]: Content };
  };
}

/** GitHub's own description of its API. With references: the resolved one is five times as long. */
const description: Description = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json"), "utf8"),
);

/** What GitHub does although its description says otherwise: a pull request outlives the fork that it came from. */
const allowDeletedForks = (schemas: { readonly [name: string]: OpenApiSchema }): void => {
  for (const name of ["pull-request", "pull-request-simple"]) {
    const head = schemas[name]?.properties?.head?.properties as { repo?: OpenApiSchema } | undefined;
    if (head?.repo === undefined) throw new Error(`GitHub's description of ${name} has changed: it has no head.repo`);
    head.repo = { nullable: true, allOf: [head.repo] };
  }
};
allowDeletedForks(description.components.schemas);

/** Every endpoint that GitHub describes. */
export const endpoints = (): readonly Endpoint[] =>
  Object.entries(description.paths).flatMap(([template, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${template}` as Endpoint),
  );

const ajv = new Ajv({ strict: false, inlineRefs: false, logger: false });
// ajv-formats is CommonJS whose types put the function one level deeper than Node does.
(addFormats as unknown as (ajv: Ajv) => void)(ajv);

const lastWord = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

const known = new Set<string>();

/** The `$id` of a component, which is made known to the validator, with all that it refers to, when it is first met. */
const named = (reference: string): string => {
  const name = lastWord(reference);
  const id = `github:${name}`;
  const schema = description.components.schemas[name];
  if (schema === undefined) throw new Error(`GitHub's description has no schema ${name}`);
  if (!known.has(name)) {
    known.add(name);
    ajv.addSchema(jsonSchema(schema, named), id);
  }
  return id;
};

const compiled = new Map<OpenApiSchema, ValidateFunction>();

const validator = (schema: OpenApiSchema, closed: boolean): ValidateFunction => {
  const ready = compiled.get(schema);
  if (ready) return ready;
  const made = ajv.compile(jsonSchema(schema, named, closed));
  compiled.set(schema, made);
  return made;
};

const told = (error: ErrorObject): string => {
  const extra = "additionalProperty" in error.params ? ` (${error.params.additionalProperty})` : "";
  const allowed = "allowedValues" in error.params ? ` (${error.params.allowedValues.join(", ")})` : "";
  return `${error.instancePath || "it"} ${error.message}${extra}${allowed}`;
};

const mistakes = (schema: OpenApiSchema, value: unknown, closed = false): readonly string[] => {
  const validate = validator(schema, closed);
  return validate(value) ? [] : (validate.errors ?? []).map(told);
};

/** What a text in a path or a query stands for, where its schema does not ask for text. */
const read = (text: string, schema: OpenApiSchema): unknown => {
  if (schema.type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (schema.type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return text;
};

export interface Sent {
  readonly path: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** Undefined where there was none. */
  readonly body: unknown;
}

export interface Contract {
  /** Where GitHub documents it; its errors name this address. */
  readonly documentation: string;
  /** What of a request is not as described, each as a sentence; nothing where it fits. */
  readonly mistakesInRequest: (sent: Sent) => readonly string[];
  /** What of an answer is not as described. */
  readonly mistakesInAnswer: (status: number, body: unknown) => readonly string[];
}

const resolved = <T extends object>(value: T | Reference, components: { readonly [name: string]: T }): T => {
  if (!("$ref" in value)) return value;
  const found = components[lastWord(value.$ref)];
  if (found === undefined) throw new Error(`GitHub's description has no ${value.$ref}`);
  return found;
};

const basicError: OpenApiSchema = { $ref: "#/components/schemas/basic-error" };

/** What GitHub's description says of an endpoint; undefined where it has no such endpoint. */
export const contract = (endpoint: Endpoint): Contract | undefined => {
  const [method = "", template = ""] = endpoint.split(" ");
  const operation = description.paths[template]?.[method.toLowerCase()];
  if (operation === undefined) return undefined;
  const parameters = (operation.parameters ?? []).map((one) => resolved(one, description.components.parameters));
  const inPath = parameters.filter((one) => one.in === "path");
  const inQuery = parameters.filter((one) => one.in === "query");

  const mistakesInParameter = (parameter: Parameter, text: string | undefined): readonly string[] =>
    text === undefined
      ? parameter.required
        ? [`parameter ${parameter.name} is missing`]
        : []
      : mistakes(parameter.schema, read(text, parameter.schema)).map((one) => `parameter ${parameter.name}: ${one}`);

  const mistakesInBody = (body: unknown): readonly string[] => {
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    if (body === undefined) return operation.requestBody?.required ? ["the body is missing"] : [];
    if (schema === undefined) return ["a body was sent, and none is described"];
    return mistakes(schema, body, true).map((one) => `body: ${one}`);
  };

  return {
    documentation: operation.externalDocs?.url ?? "https://docs.github.com/rest",
    mistakesInRequest: ({ path, query, body }) => [
      ...inPath.flatMap((one) => mistakesInParameter(one, path[one.name])),
      ...inQuery.flatMap((one) => mistakesInParameter(one, query.get(one.name) ?? undefined)),
      ...[...query.keys()]
        .filter((name) => !inQuery.some((one) => one.name === name))
        .map((name) => `there is no parameter ${name}`),
      ...mistakesInBody(body),
    ],
    mistakesInAnswer: (status, body) => {
      const described = operation.responses[String(status)];
      // GitHub describes few of its errors; what it sends then has the shape of all others.
      if (described === undefined) return status >= 400 ? mistakes(basicError, body) : [`${status} is not described`];
      const schema = resolved(described, description.components.responses).content?.["application/json"]?.schema;
      if (schema === undefined) return body === undefined ? [] : ["no body is described"];
      return mistakes(schema, body);
    },
  };
};
