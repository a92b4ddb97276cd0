import { isDeepStrictEqual } from "node:util";
import { $RefParser } from "@apidevtools/json-schema-ref-parser";
import picomatch from "picomatch";
import type { Json } from "../model/json.ts";
import type { Tree } from "../model/ports.ts";
import { isNode, itemsOf, type Shape, shapeOf } from "./contract-schema.ts";
import { readData } from "./data-file.ts";

/** Reads a contract: an OpenAPI 3.0 or 3.1 file, or a JSON Schema, and the files that its `$ref`s lead into. */

export type ResponseSchema = {
  /** The component's name, the file's, or the title; `null` where it has none. */
  readonly name: string | null;
  /** Where an answer is it, for people. */
  readonly where: string;
  /** The same as steps from the root of the file; the last one leads to the schema. */
  readonly steps: readonly string[];
  readonly shape: Shape;
};

export type ContractFile =
  | { readonly status: "no-file" }
  | { readonly status: "unreadable"; readonly mistake: string }
  /** One that several responses give is there once. */
  | { readonly status: "read"; readonly schemas: readonly ResponseSchema[] };

/** What is wrong with the file or its references, in words. */
class Unreadable extends Error {}

/** A scheme of its own, so that neither a directory nor a host is meant by a reference. */
const root = "phasegate://tree/";
const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/**
 * A reference that leads out of the tree, or to another host. A URL cannot climb above its root: it would stay there, and
 * mean another file than the one that is written, perhaps one that has been read.
 * @throws Unreadable
 */
function refuseOutside(reference: string, path: string): void {
  const outside = `the $ref ${reference} of ${path} leads out of the repository`;
  if (/^[/\\]|^[a-z][\w+.-]*:/i.test(reference)) throw new Unreadable(`${outside}; write a path relative to the file`);
  let depth = path.split("/").length - 1;
  for (const step of decodeURI(reference.replace(/[?#].*$/s, "")).split("/")) {
    depth += step === ".." ? -1 : step === "." || step === "" ? 0 : 1;
    if (depth < 0) throw new Unreadable(outside);
  }
}

function* referencesIn(value: Json): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "$ref" && typeof inner === "string") yield inner;
    else yield* referencesIn(inner);
  }
}

/** The path in the tree that a URL of ours means. @throws Unreadable where it is another's, as below an `$id` */
function pathOf(url: string): string {
  if (!url.startsWith(root)) throw new Unreadable(`a $ref means ${url}, and no host is asked for it`);
  return decodeURI(url.slice(root.length)).replace(/[?].*$/s, "");
}

/** In OpenAPI 3.0 what stands beside a `$ref` is ignored; in 3.1 it counts. */
function withoutSiblings(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSiblings);
  if (!isJsonNode(value)) return value;
  if (typeof value.$ref === "string") return { $ref: value.$ref };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSiblings(inner)]));
}
const isJsonNode = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a `$ref` stood: the object that it was a value of, by key. */
type References = WeakMap<object, Map<string, string>>;

/** @param refs globs of the files that references may lead into */
export async function readContract(tree: Tree, path: string, refs: readonly string[]): Promise<ContractFile> {
  if (tree.read(path) === undefined) return { status: "no-file" };
  const references: References = new WeakMap();
  let version: string | undefined;
  const read = ({ url }: { url: string }): string => {
    const wanted = pathOf(url);
    if (wanted !== path && !refs.some((glob) => picomatch(glob, { dot: true })(wanted))) {
      throw new Unreadable(`a $ref leads to ${wanted}, which \`refs\` of the plan does not name`);
    }
    const text = tree.read(wanted);
    if (text === undefined) throw new Unreadable(`a $ref leads to ${wanted}, which does not exist`);
    const data = readData(text);
    if ("mistake" in data) throw new Unreadable(`${wanted}: ${data.mistake}`);
    for (const reference of referencesIn(data.value)) refuseOutside(reference, wanted);
    if (wanted === path && !isNode(data.value)) throw new Unreadable("it is neither OpenAPI nor JSON Schema");
    if (wanted === path) version = versionOf(data.value);
    return JSON.stringify(version?.startsWith("3.0") ? withoutSiblings(data.value) : data.value);
  };
  try {
    const document: unknown = await new $RefParser().dereference(`${root}${encodeURI(path)}`, {
      resolve: { file: false, http: false, tree: { order: 1, canRead: true, read } },
      parse: {
        json: false,
        yaml: false,
        text: false,
        binary: false,
        tree: { order: 1, canParse: true, parse: ({ data }: { data: unknown }) => JSON.parse(String(data)) },
      },
      dereference: {
        // A type may hold itself; where that matters, it is told when its fields are read.
        circular: true,
        onDereference: (reference, _, parent, key) => {
          if (!parent || key === undefined) return;
          references.set(parent, (references.get(parent) ?? new Map<string, string>()).set(key, reference));
        },
      },
    });
    return { status: "read", schemas: onceEach(schemasIn(document, path, references)) };
  } catch (error) {
    const { cause = error } = error instanceof Error ? error : {};
    // The library's own words are for references that lead nowhere; a mistake of ours is none of the file's.
    const isOurs =
      cause instanceof Unreadable ||
      (error instanceof Error &&
        /^(JSONParser|MissingPointer|InvalidPointer|Resolver|Parser)Error$/.test(error.name)) ||
      error instanceof RangeError;
    if (!isOurs) throw error;
    return {
      status: "unreadable",
      mistake: (cause instanceof Error ? cause.message : String(cause)).replaceAll(root, ""),
    };
  }
}

const versionOf = (value: unknown): string | undefined =>
  isNode(value) && typeof value.openapi === "string" ? value.openapi : undefined;

function schemasIn(document: unknown, path: string, references: References): readonly ResponseSchema[] {
  if (!isNode(document)) throw new Unreadable("it is neither OpenAPI nor JSON Schema");
  if (document.swagger !== undefined) {
    throw new Unreadable(`it is Swagger ${String(document.swagger)}; OpenAPI 3.0 and 3.1 can be read`);
  }
  const version = versionOf(document);
  if (version === undefined) return definitionsOf(document, path, references);
  if (!/^3\.[01](\.|$)/.test(version)) throw new Unreadable(`it is OpenAPI ${version}; 3.0 and 3.1 can be read`);
  return answersOf(document, references);
}

/** The last part of a reference: a component's name, or the file's without its endings. */
const nameIn = (reference: string | undefined): string | undefined => {
  const [file = "", pointer = ""] = (reference ?? "").split("#");
  const last = pointer === "" ? (file.split("/").at(-1) ?? "").replace(/\..*$/s, "") : pointer.split("/").at(-1);
  return last ? decodeURIComponent(last).replaceAll("~1", "/").replaceAll("~0", "~") : undefined;
};

/** A schema, or what an array is of, with the innermost name. */
function named(
  holder: object,
  key: string,
  references: References,
  seen: ReadonlySet<unknown> = new Set(),
): { readonly name: string | null; readonly schema: unknown } {
  const schema: unknown = Reflect.get(holder, key);
  const title = isNode(schema) && typeof schema.title === "string" ? schema.title : null;
  const name = nameIn(references.get(holder)?.get(key)) ?? title;
  const array = itemsOf(schema);
  if (!array || seen.has(schema)) return { name, schema };
  const inner = named(array.holder, "items", references, new Set([...seen, schema]));
  return { name: inner.name ?? name, schema: inner.schema };
}

function definitionsOf(document: object, path: string, references: References): ResponseSchema[] {
  const whole = ["type", "properties", "allOf", "$ref"].some((word) => word in document);
  if (whole) {
    const { schema, name } = named({ document }, "document", references);
    return [{ name: name ?? nameIn(path) ?? null, where: "the document", steps: [], shape: shapeOf(schema) }];
  }
  return ["$defs", "definitions"].flatMap((word) => {
    const group: unknown = Reflect.get(document, word);
    if (!isNode(group)) return [];
    return Object.keys(group).flatMap((key): ResponseSchema[] => {
      const { schema } = named(group, key, references);
      // What is no object, such as a list of words, serves the definitions of objects.
      const isObject = isNode(schema) && ["properties", "allOf"].some((inner) => inner in schema);
      return isObject || (isNode(schema) && schema.type === "object")
        ? [{ name: key, where: `#/${word}/${key}`, steps: [word, key], shape: shapeOf(schema) }]
        : [];
    });
  });
}

const isJson = (media: string): boolean => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(media);

/** What operations answer when they succeed; by `default`, where nothing else is success. */
function answersOf(document: object, references: References): ResponseSchema[] {
  const paths: unknown = Reflect.get(document, "paths");
  const found: ResponseSchema[] = [];
  for (const [url, item] of Object.entries(isNode(paths) ? paths : {})) {
    for (const method of methods) {
      const operation = isNode(item) ? item[method] : undefined;
      const responses = isNode(operation) && isNode(operation.responses) ? operation.responses : {};
      const success = Object.keys(responses).filter((status) => /^2(\d\d|XX)$/i.test(status));
      for (const status of success.length > 0 ? success : ["default"]) {
        const response = responses[status];
        const content = isNode(response) && isNode(response.content) ? response.content : {};
        for (const media of Object.keys(content).filter(isJson)) {
          const holder = content[media];
          if (!isNode(holder) || holder.schema === undefined) continue;
          const { name, schema } = named(holder, "schema", references);
          const steps = ["paths", url, method, "responses", status, "content", media, "schema"];
          found.push({ name, where: `${method.toUpperCase()} ${url} ${status}`, steps, shape: shapeOf(schema) });
        }
      }
    }
  }
  return found;
}

/** Of the same name and the same fields. */
const onceEach = (schemas: readonly ResponseSchema[]): readonly ResponseSchema[] =>
  schemas.filter(
    ({ name, shape }, at) =>
      name === null ||
      schemas.findIndex((other) => other.name === name && isDeepStrictEqual(other.shape, shape)) === at,
  );
