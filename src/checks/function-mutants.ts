import { quoted, quotedName } from "../sql/identifier.ts";
import type { FunctionCode, FunctionObserved, FunctionParams } from "./function.ts";
import type { Mutant } from "./kind.ts";
import { pathElements } from "./path-elements.ts";
import { type FoundRoutine, routineText } from "./routine-catalog.ts";
import { routineParts } from "./routine-name.ts";

/** Sabotage of a function that is as the plan asks. */

type FunctionMutant = Mutant<FunctionCode, FunctionObserved>;

/** Bodies are not looked at, and PostgreSQL is kept from looking at them too. */
const unread = "SET LOCAL check_function_bodies = off";

/** A function that does nothing, and has all that the check can see. */
const declared = (name: string, it: FoundRoutine): string =>
  [
    `CREATE OR REPLACE FUNCTION ${name}(${it.arguments.join(", ")}) RETURNS ${it.returns}`,
    `LANGUAGE ${it.language} ${it.volatility} PARALLEL ${it.parallel} SECURITY ${it.security}`,
    it.strict ? "STRICT" : "",
    it.searchPath === null ? "" : `SET search_path = ${pathText(it.searchPath)}`,
    "AS ''",
  ].join(" ");

/** A path that the catalog holds, as SQL text. */
const pathText = (path: string): string => (pathElements(path) ?? []).map(quoted).join(", ") || "''";

const otherThan = <Value>(values: readonly Value[], value: Value): Value | undefined =>
  values.find((other) => other !== value);

/** A mutant for every parameter that the plan gives. */
export function functionMutants(
  params: FunctionParams,
  observed: FunctionObserved,
  it: FoundRoutine,
): readonly FunctionMutant[] {
  const name = quotedName(routineParts(params.name));
  const signature = routineText(routineParts(params.name), it.arguments);
  const others = observed.found.filter((one) => one !== it);
  const changed = (change: Partial<FoundRoutine>) => ({
    evidence: { ...observed, found: [...others, { ...it, ...change }] },
  });
  const mutant = (
    name: string,
    sql: readonly string[],
    change: Partial<FoundRoutine>,
    provokes: FunctionCode,
  ): FunctionMutant => ({ name, sabotage: { sql }, otherwise: changed(change), provokes });
  const altered = (name: string, clause: string, change: Partial<FoundRoutine>, provokes: FunctionCode) =>
    mutant(name, [`ALTER FUNCTION ${signature} ${clause}`], change, provokes);
  const replaced = (name: string, change: Partial<FoundRoutine>, provokes: FunctionCode) =>
    mutant(
      name,
      [
        unread,
        `DROP FUNCTION ${signature} CASCADE`,
        declared(quotedName(routineParts(params.name)), { ...it, ...change }),
      ],
      change,
      provokes,
    );

  // With the type of a catalog's own, no function of the change has these arguments already.
  const more = [...it.arguments, '"char"'];
  const overload = { ...it, arguments: more };
  const mutants: FunctionMutant[] = [
    {
      name: "the function is gone",
      sabotage: {
        sql: observed.found
          .filter((one) => one.kind === "function" || one.kind === "window function")
          .map((one) => `DROP FUNCTION ${routineText(routineParts(params.name), one.arguments)} CASCADE`),
      },
      otherwise: { evidence: { ...observed, found: [] } },
      provokes: "no-function",
    },
  ];
  if (params.arguments) {
    mutants.push(replaced("it takes an argument more", { arguments: more }, "other-arguments"));
  } else {
    mutants.push({
      name: "there is another one of its name",
      sabotage: { sql: [unread, declared(name, overload)] },
      otherwise: { evidence: { ...observed, found: [...observed.found, overload] } },
      provokes: "ambiguous",
    });
  }
  if (params.returns !== undefined) {
    const returns = otherThan(["void", "integer"], it.returns) ?? "void";
    mutants.push(replaced(`it returns ${returns}`, { returns }, "other-returns"));
  }
  if (params.language !== undefined) {
    const language = otherThan(["plpgsql", "sql"], it.language) ?? "sql";
    mutants.push(replaced(`its language is ${language}`, { language }, "other-language"));
  }
  if (params.security !== undefined) {
    const security = params.security === "definer" ? "invoker" : "definer";
    const whose = security === "definer" ? "its owner" : "its caller";
    mutants.push(
      altered(`it runs with the rights of ${whose}`, `SECURITY ${security}`, { security }, "other-security"),
    );
  }
  if (params["search-path"] !== undefined) {
    const before = ["mutant", ...(pathElements(it.searchPath ?? "") ?? [])].map(quoted).join(", ");
    mutants.push(
      altered("it sets no search_path", "RESET search_path", { searchPath: null }, "other-search-path"),
      altered(
        "its search_path begins with another schema",
        `SET search_path = ${before}`,
        { searchPath: before },
        "other-search-path",
      ),
    );
  }
  if (params.volatility !== undefined) {
    const volatility = otherThan(["stable", "volatile"] as const, it.volatility) ?? "stable";
    mutants.push(altered(`it is ${volatility}`, volatility, { volatility }, "other-volatility"));
  }
  if (params.parallel !== undefined) {
    const parallel = otherThan(["safe", "unsafe"] as const, it.parallel) ?? "safe";
    mutants.push(altered(`it is parallel ${parallel}`, `PARALLEL ${parallel}`, { parallel }, "other-parallel"));
  }
  if (params.strict !== undefined) {
    const strict = !params.strict;
    const clause = strict ? "STRICT" : "CALLED ON NULL INPUT";
    const name = strict ? "it is not called with NULL" : "it is called with NULL";
    mutants.push(altered(name, clause, { strict }, "other-strict"));
  }
  return mutants;
}
