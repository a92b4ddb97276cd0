import { queryCatalog } from "../catalog/query.ts";
import type { Database } from "../model/ports.ts";
import { type QualifiedName, quotedName } from "../sql/identifier.ts";

/** What the catalog says of functions, and what the plan asks for in its words: what `function` observes. */

export type FoundRoutine = {
  readonly kind: "function" | "window function" | "procedure" | "aggregate";
  /** Types of what it is called with. */
  readonly arguments: readonly string[];
  /** `trigger`, `SETOF integer`, `TABLE(a integer)`; a procedure has none. */
  readonly returns: string | null;
  readonly language: string;
  readonly security: "definer" | "invoker";
  /** As the function sets it for itself. */
  readonly searchPath: string | null;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly parallel: "unsafe" | "restricted" | "safe";
  readonly strict: boolean;
};

/** SQL for the types of the arguments of the function `p`. */
export const argumentsOf = (p: string): string =>
  `ARRAY(SELECT format_type(argument.type, NULL) FROM unnest(${p}.proargtypes) WITH ORDINALITY AS argument(type, place)
          ORDER BY argument.place)`;

const routines = `SELECT CASE p.prokind WHEN 'f' THEN 'function' WHEN 'w' THEN 'window function' WHEN 'p' THEN 'procedure' ELSE 'aggregate' END AS kind,
       ${argumentsOf("p")} AS arguments, pg_get_function_result(p.oid) AS returns, l.lanname AS language,
       CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END AS security,
       (SELECT substr(setting, length('search_path=') + 1) FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%') AS "searchPath",
       CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel, p.proisstrict AS strict
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
 WHERE n.nspname = $1 AND p.proname = $2
 ORDER BY ${argumentsOf("p")}::text COLLATE "C"`;

/** Everything of this name that can be called, by arguments. */
export const foundRoutines = (database: Database, { schema, name }: QualifiedName): Promise<readonly FoundRoutine[]> =>
  queryCatalog(database, routines, [schema, name]);

/**
 * Makes a temporary function, so that PostgreSQL writes its arguments and result as in the catalog; gives whether it
 * knows all their types. Throws what it refuses otherwise.
 */
async function made(database: Database, name: string, given: string, returns: string): Promise<boolean> {
  const attempt = await database.attempt(
    `CREATE FUNCTION pg_temp.${name}(${given}) RETURNS ${returns} LANGUAGE plpgsql AS 'BEGIN END'`,
  );
  if (attempt.accepted) return true;
  if (attempt.error.condition === "undefined_object") return false;
  throw new Error(attempt.error.message);
}

const ofTemporary = "WHERE p.pronamespace = pg_my_temp_schema() AND p.proname = $1";

/** Types of arguments as PostgreSQL writes them; `null` where it does not know one, so that no function can have it. */
export async function askedArguments(database: Database, given: string): Promise<readonly string[] | null> {
  if (!(await made(database, "asked_arguments", given, "void"))) return null;
  const [row] = await queryCatalog<{ arguments: readonly string[] }>(
    database,
    `SELECT ${argumentsOf("p")} AS arguments FROM pg_proc p ${ofTemporary}`,
    ["asked_arguments"],
  );
  if (!row) throw new Error(`PostgreSQL made no function of (${given})`);
  return row.arguments;
}

/** A result as PostgreSQL writes it; `null` where it does not know the type. */
export async function askedResult(
  database: Database,
  returns: string,
  given: readonly string[],
): Promise<string | null> {
  // Only a result like `anyelement` is refused without an argument to take its type from; a trigger may have none.
  const needed = /\bany/i.test(returns) ? given.join(", ") : "";
  if (!(await made(database, "asked_result", needed, returns))) return null;
  const [row] = await queryCatalog<{ returns: string }>(
    database,
    `SELECT pg_get_function_result(p.oid) AS returns FROM pg_proc p ${ofTemporary}`,
    ["asked_result"],
  );
  if (!row) throw new Error(`PostgreSQL made no function that returns ${returns}`);
  return row.returns;
}

/** A function as SQL text, for DROP and ALTER. */
export const routineText = (name: QualifiedName, given: readonly string[]): string =>
  `${quotedName(name)}(${given.join(", ")})`;
