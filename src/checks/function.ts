import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { functionMutants } from "./function-mutants.ts";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { pathElements } from "./path-elements.ts";
import { askedArguments, askedResult, type FoundRoutine, foundRoutines } from "./routine-catalog.ts";
import { routine, routineParts } from "./routine-name.ts";
import { fixed, optional, ordered } from "./strength.ts";

const params = z.strictObject({
  name: routine.describe("The function: `name` or `schema.name`."),
  arguments: z
    .array(z.string().min(1))
    .optional()
    .describe("Types of what it is called with, compared by meaning. Without it, there may be only one of its name."),
  returns: z
    .string()
    .min(1)
    .optional()
    .describe("What it returns as in DDL: `trigger`, `SETOF bigint`, `TABLE (a int)`; compared by meaning."),
  language: z.string().min(1).optional().describe("Its language: `sql`, `plpgsql`, …"),
  security: z
    .enum(["definer", "invoker"])
    .optional()
    .describe("Whose rights it runs with: its owner's, or its caller's."),
  "search-path": z
    .string()
    .refine((text) => pathElements(text) !== undefined, { error: "is no list of schemas; write them with `,`" })
    .optional()
    .describe("The schemas of the search_path that it sets for itself, in order; empty for an empty one."),
  volatility: z.enum(["immutable", "stable", "volatile"]).optional().describe("What the planner may assume of it."),
  parallel: z.enum(["unsafe", "restricted", "safe"]).optional().describe("Whether parallel queries may call it."),
  strict: z.boolean().optional().describe("`true`: NULL for an argument gives NULL without calling it."),
});
export type FunctionParams = z.output<typeof params>;

export type FunctionObserved = {
  /** Everything of the name that can be called: overloaded functions, procedures, aggregates. */
  readonly found: readonly FoundRoutine[];
  /** The plan's types as PostgreSQL writes them; `null` where it does not know one. */
  readonly asked: { readonly arguments: readonly string[] | null; readonly returns: string | null };
};

const codes = [
  "no-function",
  "other-arguments",
  "ambiguous",
  "other-returns",
  "other-language",
  "other-security",
  "other-search-path",
  "other-volatility",
  "other-parallel",
  "other-strict",
] as const;
export type FunctionCode = (typeof codes)[number];

const list = (types: readonly string[]): string => `(${types.join(", ")})`;
const functions = ({ found }: FunctionObserved): readonly FoundRoutine[] =>
  found.filter(({ kind }) => kind === "function" || kind === "window function");

/** The functions that the plan speaks of: by arguments, else all of the name. */
const identified = (params: FunctionParams, observed: FunctionObserved): readonly FoundRoutine[] =>
  params.arguments
    ? functions(observed).filter((one) => isDeepStrictEqual(one.arguments, observed.asked.arguments))
    : functions(observed);

function missing(params: FunctionParams, observed: FunctionObserved): KindFinding<FunctionCode> {
  const { name } = params;
  const asked = params.arguments ? ` ${list(observed.asked.arguments ?? params.arguments)}` : "";
  const overloaded = functions(observed).map((one) => `${name}${list(one.arguments)}`);
  if (overloaded.length > 0) {
    return {
      code: "other-arguments",
      message: `There is ${overloaded.join(", ")}; the plan asks for ${name} with the arguments${asked}.`,
      help: `Create it with the arguments${asked}.`,
    };
  }
  const others = observed.found.map((one) => `the ${one.kind} ${name}${list(one.arguments)}`);
  const is = others.length === 0 ? `${name} does not exist` : `${name} is ${others.join(", ")}`;
  return {
    code: "no-function",
    message: `${is}; the plan asks for a function.`,
    help: `Create the function ${name} in a migration of the phase.`,
  };
}

/** What is not as asked in one function. */
function differences(
  params: FunctionParams,
  observed: FunctionObserved,
  it: FoundRoutine,
): KindFinding<FunctionCode>[] {
  const called = `${params.name}${list(it.arguments)}`;
  const findings: KindFinding<FunctionCode>[] = [];
  const differs = (code: FunctionCode, is: string, should: string, help: string) =>
    findings.push({ code, message: `${called} ${is}; the plan asks for ${should}.`, help });

  const returns = observed.asked.returns ?? params.returns;
  if (returns !== undefined && it.returns !== returns)
    differs("other-returns", `returns ${it.returns}`, returns, `Create it with \`RETURNS ${returns}\`.`);
  const { language, security, volatility, parallel, strict } = params;
  if (language !== undefined && it.language !== language.toLowerCase())
    differs("other-language", `is written in ${it.language}`, language, `Write it in ${language}.`);
  if (security !== undefined && it.security !== security) {
    const word = (one: string) => `SECURITY ${one.toUpperCase()}`;
    differs("other-security", `is ${word(it.security)}`, word(security), `Declare it ${word(security)}.`);
  }
  const path = params["search-path"];
  if (path !== undefined && !samePath(it.searchPath, path)) {
    const is = it.searchPath === null ? "sets no search_path" : `sets the search_path ${shown(it.searchPath)}`;
    differs("other-search-path", is, shown(path), `Declare it with \`SET search_path = ${path || "''"}\`.`);
  }
  if (volatility !== undefined && it.volatility !== volatility)
    differs("other-volatility", `is ${it.volatility}`, volatility, `Declare it ${volatility.toUpperCase()}.`);
  if (parallel !== undefined && it.parallel !== parallel) {
    const word = (one: string) => `PARALLEL ${one.toUpperCase()}`;
    differs("other-parallel", `is ${word(it.parallel)}`, word(parallel), `Declare it ${word(parallel)}.`);
  }
  if (strict !== undefined && it.strict !== strict) {
    const word = (one: boolean) => (one ? "STRICT" : "CALLED ON NULL INPUT");
    differs("other-strict", `is ${word(it.strict)}`, word(strict), `Declare it ${word(strict)}.`);
  }
  return findings;
}

const shown = (path: string): string => pathElements(path)?.join(", ") || "that is empty";
const samePath = (found: string | null, asked: string): boolean =>
  found !== null && isDeepStrictEqual(pathElements(found), pathElements(asked));

// `function` is a word of the language, so the export has another.
const functionKind = defineDatabaseKind({
  kind: "function",
  summary:
    "There is a function with these arguments and result, in this language, with the rights, search_path and volatility described.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ name, arguments: given, returns, security }) =>
    [`function ${name}${given ? list(given) : ""}`, returns && `returns ${returns}`, security && `security ${security}`]
      .filter(Boolean)
      .join(" ")
      .replace(/\s+/g, " "),

  async observe({ database }, params) {
    const found = await foundRoutines(database, routineParts(params.name));
    const given = params.arguments;
    const asked = {
      arguments: given && found.length > 0 ? await askedArguments(database, given.join(", ")) : null,
      returns: null,
    };
    const [it] = identified(params, { found, asked });
    if (!it || params.returns === undefined) return { examined: 1, observed: { found, asked } };
    const returns = await askedResult(database, params.returns, it.arguments);
    return { examined: 1, observed: { found, asked: { ...asked, returns } } };
  },

  judge(params, observed: FunctionObserved): KindFinding<FunctionCode>[] {
    const [it, ...more] = identified(params, observed);
    if (!it) return [missing(params, observed)];
    if (more.length === 0) return differences(params, observed, it);
    const { name } = params;
    const overloaded = [it, ...more].map((one) => `${name}${list(one.arguments)}`).join(", ");
    return [
      {
        code: "ambiguous",
        message: `${name} is overloaded: ${overloaded}; the plan does not say which.`,
        help: "Name its `arguments` in the check, or drop the others.",
      },
    ];
  },

  mutants(params, observed: FunctionObserved) {
    const [it, ...more] = identified(params, observed);
    return it && more.length === 0 ? functionMutants(params, observed, it) : [];
  },

  strength: (base, head) =>
    ordered(base, head, {
      name: fixed,
      // Absent, it asks for more than any list: that there is no other function of its name.
      arguments: fixed,
      returns: optional,
      language: optional,
      security: optional,
      "search-path": optional,
      volatility: optional,
      parallel: optional,
      strict: optional,
    }),

  examples: [
    {
      setup: `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
          AS 'BEGIN RETURN NEW; END';
        CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE TABLE a (x int); CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()`,
      params: {
        name: "f",
        arguments: [],
        returns: "trigger",
        language: "plpgsql",
        security: "definer",
        "search-path": "pg_catalog, public, pg_temp",
        volatility: "volatile",
      },
    },
    {
      setup: `CREATE SCHEMA s; CREATE FUNCTION s."F"(a int, VARIADIC b text[], OUT c int, OUT d text) RETURNS SETOF record
          LANGUAGE sql STABLE STRICT PARALLEL SAFE SET search_path = '' AS 'SELECT 1, NULL::text'`,
      params: {
        name: 's."F"',
        arguments: ["int4", "text[]"],
        returns: "setof record",
        language: "SQL",
        security: "invoker",
        "search-path": "",
        volatility: "stable",
        parallel: "safe",
        strict: true,
      },
    },
    {
      setup: `CREATE FUNCTION f(anyelement) RETURNS TABLE (a anyarray, b numeric) LANGUAGE plpgsql PARALLEL RESTRICTED AS 'BEGIN END'`,
      params: { name: "f", returns: "table ( a anyarray, b decimal )", parallel: "restricted", strict: false },
    },
    {
      setup: `CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE PROCEDURE f() LANGUAGE sql AS ''`,
      params: { name: "public.f", volatility: "immutable" },
    },
  ],
});

export { functionKind as function };
