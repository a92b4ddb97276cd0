import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { literal } from "../sql/identifier.ts";
import { defineDatabaseKind, type KindFinding } from "./kind.ts";
import { missingTable, type OfMissingTable, ofMissingTable } from "./missing-table.ts";
import { name, parts, relation } from "./params.ts";
import { routine, routineParts } from "./routine-name.ts";
import { fixed, inAnyOrder, optional, ordered } from "./strength.ts";
import {
  askedCondition,
  events,
  eventText,
  type FoundTrigger,
  foundTriggers,
  levels,
  timings,
} from "./trigger-catalog.ts";
import { triggerMutants } from "./trigger-mutants.ts";

const params = z
  .strictObject({
    table: relation.describe("The table or view: `name` or `schema.name`."),
    name: name.describe("The trigger."),
    function: routine.optional().describe("The function that it executes: `name` or `schema.name`."),
    arguments: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("The texts that the function is given, in order. Without it, it must be given none."),
    timing: z.enum(timings).optional().describe("When it fires."),
    events: z.array(z.enum(events)).min(1).optional().describe("What it fires on: exactly these, in any order."),
    columns: z
      .array(name)
      .min(1)
      .optional()
      .describe("Of UPDATE OF, in any order. Without it, a trigger on `update` must fire on an update of any column."),
    level: z.enum(levels).optional().describe("Whether it fires for each row, or once for the statement."),
    deferrable: z
      .union([z.literal(false), z.literal("immediate"), z.literal("deferred")])
      .optional()
      .describe("`false`, or how a constraint trigger starts a transaction."),
    when: z
      .string()
      .min(1)
      .optional()
      .describe("Its WHEN as in DDL, compared by meaning. Without it, the trigger must have none."),
  })
  .superRefine((given, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (given.columns && !given.events?.includes("update"))
      wrong("columns", "means nothing without `update` among the `events`");
    if (given.when !== undefined && given.timing === "instead of")
      wrong("when", "means nothing for a trigger `instead of`, which has no condition");
    if (new Set(given.events).size !== (given.events?.length ?? 0)) wrong("events", "names one twice");
  });
export type TriggerParams = z.output<typeof params>;

export type TriggerObserved = {
  /** All triggers of the table. */
  readonly found: readonly FoundTrigger[];
  /** The plan's condition as PostgreSQL writes it; `null` where it names columns that the table does not have. */
  readonly asked: string | null;
} & OfMissingTable;

const codes = [
  "no-trigger",
  "disabled",
  "not-on-child",
  "other-function",
  "other-arguments",
  "other-timing",
  "other-events",
  "other-columns",
  "other-level",
  "other-deferrable",
  "other-when",
] as const;
export type TriggerCode = (typeof codes)[number];

const sorted = (items: readonly string[]): string[] => [...items].sort();
const same = (some: readonly string[], others: readonly string[]): boolean =>
  isDeepStrictEqual(sorted(some), sorted(others));
const deferral = (deferrable: FoundTrigger["deferrable"]): string =>
  deferrable === false ? "not deferrable" : `DEFERRABLE INITIALLY ${deferrable.toUpperCase()}`;

/** Why the trigger does not fire where changes are made, and what to do; nothing where it does. */
function silent(params: TriggerParams, it: FoundTrigger): KindFinding<TriggerCode>[] {
  const { table, name } = params;
  const enable = `\`ALTER TABLE ${table} ENABLE TRIGGER ${name}\``;
  const found = (state: string, help: string): KindFinding<TriggerCode> => ({
    code: "disabled",
    message: `${name} on ${table} ${state}; the plan asks for a trigger that fires.`,
    help,
  });
  if (it.enabled === "disabled")
    return [found("is disabled", `Take DISABLE TRIGGER out of the migration, or add ${enable}.`)];
  if (it.enabled === "replica") return [found("fires only on a replica", `Add ${enable} to the migration.`)];
  if (it.disabledOn.length === 0) return [];
  return [found(`does not fire on ${it.disabledOn.join(", ")}`, `Add ${enable}, which reaches the partitions.`)];
}

/** What is not as asked in the trigger. */
function differences(params: TriggerParams, asked: string | null, it: FoundTrigger): KindFinding<TriggerCode>[] {
  const findings = silent(params, it);
  const differs = (code: TriggerCode, is: string, should: string, help: string) =>
    findings.push({ code, message: `${it.name} on ${params.table} ${is}; the plan asks for ${should}.`, help });

  if (it.missingOn.length > 0) {
    const children = it.missingOn.join(", ");
    const help = `Let ${children} not inherit from ${params.table}, or create the trigger there too.`;
    differs(
      "not-on-child",
      `does not fire on ${children}, whose rows are ${params.table}'s too`,
      "one for all rows",
      help,
    );
  }
  const { timing, level, deferrable, when } = params;
  if (params.function !== undefined) {
    const should = routineParts(params.function);
    const text = ({ schema, name }: typeof should) => `${schema}.${name}()`;
    if (!isDeepStrictEqual(it.function, should))
      differs("other-function", `executes ${text(it.function)}`, text(should), `Let it execute ${text(should)}.`);
  }
  if (!isDeepStrictEqual(it.arguments, params.arguments ?? [])) {
    const text = (given: readonly string[]) => (given.length === 0 ? "nothing" : given.map(literal).join(", "));
    const should = text(params.arguments ?? []);
    const { name } = it.function;
    const help = `Let it execute \`${name}(${(params.arguments ?? []).map(literal).join(", ")})\`.`;
    differs("other-arguments", `gives ${name} ${text(it.arguments)}`, should, help);
  }
  if (timing !== undefined && it.timing !== timing)
    differs("other-timing", `fires ${it.timing}`, timing, `Create it as ${timing.toUpperCase()}.`);
  if (params.events && !same(it.events, params.events)) {
    const should = eventText(events.filter((event) => params.events?.includes(event)));
    differs("other-events", `fires on ${eventText(it.events)}`, should, `Create it for ${should}.`);
  } else if (params.events?.includes("update") && !same(it.columns, params.columns ?? [])) {
    const of = (columns: readonly string[]) => (columns.length === 0 ? "any column" : columns.join(", "));
    const should = of(params.columns ?? []);
    const help = `Create it for ${eventText(["update"], params.columns)}.`;
    differs("other-columns", `fires on an update of ${of(it.columns)}`, should, help);
  }
  if (level !== undefined && it.level !== level)
    differs("other-level", `fires for each ${it.level}`, `each ${level}`, `Create it FOR EACH ${level.toUpperCase()}.`);
  if (deferrable !== undefined && it.deferrable !== deferrable) {
    const help =
      deferrable === false
        ? "Create it without DEFERRABLE."
        : `Create it as CONSTRAINT TRIGGER … ${deferral(deferrable)}.`;
    differs("other-deferrable", `is ${deferral(it.deferrable)}`, deferral(deferrable), help);
  }
  const condition = when === undefined ? null : (asked ?? when);
  if (it.when !== condition) {
    const is = it.when === null ? "fires without a condition" : `fires only WHEN ${it.when}`;
    const help = condition === null ? "Create it without WHEN." : `Create it with \`WHEN (${when})\`.`;
    differs("other-when", is, condition === null ? "no condition" : `WHEN ${condition}`, help);
  }
  return findings;
}

export const trigger = defineDatabaseKind({
  kind: "trigger",
  summary:
    "A table has a trigger that is enabled, executes this function, and fires when, on what and for what is described.",
  params,
  codes,
  points: ["after", "head"],

  claim: ({ table, name, timing, events = [], level, function: executed }) =>
    [
      `${table}: trigger ${name}`,
      timing,
      events.join(" or "),
      level && `for each ${level}`,
      executed && `executes ${executed}`,
    ]
      .filter(Boolean)
      .join(" "),

  async observe({ database }, params) {
    const table = parts(params.table);
    const found = await foundTriggers(database, table);
    const it = found.find((one) => one.name === params.name);
    if (found.length === 0)
      return { examined: 1, observed: { found, asked: null, ...(await ofMissingTable(database, table)) } };
    if (!it || params.when === undefined) return { examined: 1, observed: { found, asked: null } };
    // What the plan leaves open is as it is found: a condition is normalised on a trigger that may have it.
    const { timing = it.timing, level = it.level, events = it.events } = params;
    return {
      examined: 1,
      observed: { found, asked: await askedCondition(database, table, params.when, { timing, level, events }) },
    };
  },

  judge(params, { found, asked, table: of }: TriggerObserved): KindFinding<TriggerCode>[] {
    const it = found.find((one) => one.name === params.name);
    if (it) return differences(params, asked, it);
    const { table, name } = params;
    if (of === "missing") return [{ code: "no-trigger", ...missingTable(table, `its trigger ${name}`) }];
    const has = found.length === 0 ? "no trigger" : `the triggers ${found.map((one) => one.name).join(", ")}`;
    const message = `${table} has ${has}; the plan asks for ${name}.`;
    return [{ code: "no-trigger", message, help: "Create it in a migration of the phase." }];
  },

  mutants(params, observed: TriggerObserved) {
    const it = observed.found.find((one) => one.name === params.name);
    return it ? triggerMutants(params, observed, it) : [];
  },

  strength: (base, head) =>
    ordered(base, head, {
      table: fixed,
      name: fixed,
      function: optional,
      arguments: fixed,
      timing: optional,
      events: inAnyOrder(optional),
      // Absent, it asks for more than any list: an update of any column.
      columns: inAnyOrder(fixed),
      level: optional,
      deferrable: optional,
      when: fixed,
    }),

  examples: [
    {
      setup: `CREATE TABLE a (x int, y int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TRIGGER u BEFORE INSERT ON a EXECUTE FUNCTION f()`,
      params: {
        table: "a",
        name: "t",
        function: "f",
        timing: "after",
        events: ["delete", "insert", "update"],
        level: "row",
        deferrable: "deferred",
      },
    },
    {
      setup: `CREATE SCHEMA s; CREATE TABLE s."A" (x int, y int, z int GENERATED ALWAYS AS (x + y) STORED);
        CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER "T" BEFORE UPDATE OF x, y ON s."A" FOR EACH ROW WHEN (OLD.x IS DISTINCT FROM NEW.x AND NEW.y > 0) EXECUTE FUNCTION s.f();
        ALTER TABLE s."A" ENABLE ALWAYS TRIGGER "T"`,
      params: {
        table: 's."A"',
        name: "T",
        function: "s.f",
        timing: "before",
        events: ["update"],
        columns: ["y", "x"],
        level: "row",
        deferrable: false,
        when: "old.x is distinct from new.x and (new.y > 0)",
      },
    },
    {
      setup: `CREATE TABLE a (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER t BEFORE TRUNCATE ON a EXECUTE FUNCTION f('an argument')`,
      params: { table: "a", name: "t", arguments: ["an argument"], events: ["truncate"], level: "statement" },
    },
    {
      setup: `CREATE VIEW v AS SELECT 1 AS x; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER t INSTEAD OF UPDATE ON v FOR EACH ROW EXECUTE FUNCTION f()`,
      params: { table: "v", name: "t", timing: "instead of", events: ["update"] },
    },
  ],
});
