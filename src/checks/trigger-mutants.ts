import { literal, quoted, quotedName } from "../sql/identifier.ts";
import type { Mutant } from "./kind.ts";
import { parts } from "./params.ts";
import type { TriggerCode, TriggerObserved, TriggerParams } from "./trigger.ts";
import { events, eventText, type FoundTrigger } from "./trigger-catalog.ts";

/** Sabotage of a trigger that is as the plan asks. */

type TriggerMutant = Mutant<TriggerCode, TriggerObserved>;

const deferral = (deferrable: FoundTrigger["deferrable"]): string =>
  deferrable === false ? "NOT DEFERRABLE" : `DEFERRABLE INITIALLY ${deferrable.toUpperCase()}`;

/** A trigger that has all that the check can see. */
function declared(table: string, it: FoundTrigger): string {
  const constraint = it.constraint || it.deferrable !== false;
  return [
    `CREATE ${constraint ? "CONSTRAINT " : ""}TRIGGER ${quoted(it.name)} ${it.timing.toUpperCase()}`,
    `${eventText(it.events, it.columns.map(quoted))} ON ${table}`,
    constraint ? deferral(it.deferrable) : "",
    `FOR EACH ${it.level.toUpperCase()}`,
    it.when === null ? "" : `WHEN (${it.when})`,
    `EXECUTE FUNCTION ${quotedName(it.function)}(${it.arguments.map(literal).join(", ")})`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** A mutant for every parameter that the plan gives, and for what is always asked of a trigger. */
export function triggerMutants(
  params: TriggerParams,
  observed: TriggerObserved,
  it: FoundTrigger,
): readonly TriggerMutant[] {
  const { schema } = parts(params.table);
  const table = quotedName(parts(params.table));
  const drop = `DROP TRIGGER ${quoted(it.name)} ON ${table} CASCADE`;
  const others = observed.found.filter((one) => one !== it);
  const mutant = (
    name: string,
    sql: readonly string[],
    change: Partial<FoundTrigger>,
    provokes: TriggerCode,
  ): TriggerMutant => ({
    name,
    sabotage: { sql },
    otherwise: { evidence: { ...observed, found: [...others, { ...it, ...change }] } },
    provokes,
  });
  const replaced = (name: string, change: Partial<FoundTrigger>, provokes: TriggerCode, first: string[] = []) =>
    mutant(name, [...first, drop, declared(table, { ...it, ...change })], change, provokes);

  const mutants: TriggerMutant[] = [
    {
      name: "the trigger is gone",
      sabotage: { sql: [drop] },
      otherwise: { evidence: { ...observed, found: others } },
      provokes: "no-trigger",
    },
    mutant(
      "it is disabled",
      [`ALTER TABLE ${table} DISABLE TRIGGER ${quoted(it.name)}`],
      { enabled: "disabled" },
      "disabled",
    ),
    mutant(
      "it fires only on a replica",
      [`ALTER TABLE ${table} ENABLE REPLICA TRIGGER ${quoted(it.name)}`],
      { enabled: "replica" },
      "disabled",
    ),
    ...(it.level === "row" && it.timing !== "instead of"
      ? [
          mutant(
            "a table that inherits is without it",
            [`CREATE TABLE ${quotedName({ schema, name: "mutant" })} () INHERITS (${table})`],
            { missingOn: ["mutant"] },
            "not-on-child",
          ),
        ]
      : []),
    replaced("it fires for nothing", { when: "false" }, "other-when"),
    replaced("it gives its function another argument", { arguments: [...it.arguments, "mutant"] }, "other-arguments"),
  ];
  if (params.when !== undefined) mutants.push(replaced("it has no condition", { when: null }, "other-when"));
  if (params.arguments) mutants.push(replaced("it gives its function nothing", { arguments: [] }, "other-arguments"));
  if (params.function !== undefined) {
    const other = { schema, name: "mutant" };
    const body = "'BEGIN RETURN NULL; END'";
    mutants.push(
      replaced("it executes another function", { function: other }, "other-function", [
        `CREATE FUNCTION ${quotedName(other)}() RETURNS trigger LANGUAGE plpgsql AS ${body}`,
      ]),
    );
  }
  if (params.timing !== undefined) {
    const timing = it.timing === "before" ? "after" : "before";
    mutants.push(replaced(`it fires ${timing}`, { timing }, "other-timing"));
  }
  if (params.events) mutants.push(...otherEvents(it, replaced));
  if (params.columns || params.events?.includes("update"))
    mutants.push(...otherColumns(table, params.columns ?? [], replaced));
  if (params.level !== undefined) {
    const level = it.level === "row" ? "statement" : "row";
    mutants.push(replaced(`it fires for each ${level}`, { level }, "other-level"));
  }
  if (params.deferrable !== undefined) {
    for (const deferrable of [false, "immediate", "deferred"] as const) {
      if (deferrable === it.deferrable) continue;
      mutants.push(replaced(`it is ${deferral(deferrable)}`, { deferrable }, "other-deferrable"));
    }
  }
  return mutants;
}

type Replaced = (name: string, change: Partial<FoundTrigger>, provokes: TriggerCode, first?: string[]) => TriggerMutant;

/** Without each of its events, and with one more. */
function otherEvents(it: FoundTrigger, replaced: Replaced): readonly TriggerMutant[] {
  const more = events.find((event) => !it.events.includes(event));
  const without = it.events.map((gone) => {
    const rest = it.events.filter((event) => event !== gone);
    // A trigger must fire on something.
    const left = rest.length > 0 || !more ? rest : [more];
    const change = { events: left, ...(left.includes("update") ? {} : { columns: [] }) };
    return replaced(`it does not fire on ${gone.toUpperCase()}`, change, "other-events");
  });
  if (!more) return without;
  const all = events.filter((event) => event === more || it.events.includes(event));
  return [...without, replaced(`it fires on ${more.toUpperCase()} too`, { events: all }, "other-events")];
}

function otherColumns(table: string, asked: readonly string[], replaced: Replaced): readonly TriggerMutant[] {
  const [first, ...rest] = asked;
  const provokes = "other-columns";
  if (first === undefined) {
    const added = [`ALTER TABLE ${table} ADD COLUMN mutant integer`];
    return [replaced("it fires only on an update of one column", { columns: ["mutant"] }, provokes, added)];
  }
  return [
    replaced("it fires on an update of any column", { columns: [] }, provokes),
    ...(rest.length > 0 ? [replaced(`it does not fire on an update of ${first}`, { columns: rest }, provokes)] : []),
  ];
}
