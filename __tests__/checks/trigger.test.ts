import { expect, test } from "@jest/globals";
import { trigger } from "../../src/checks/trigger.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const made = (head: string, tail = "FOR EACH ROW") =>
  `CREATE TABLE a (x int, y int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
   CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
   CREATE ${head} ON a ${tail} EXECUTE FUNCTION f()`;
const t = { table: "a", name: "t" };
const deferred = made(
  "CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OR DELETE",
  "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
);
const update = { ...t, events: ["update"] };
const partitioned = `CREATE TABLE a (x int) PARTITION BY LIST (x); CREATE TABLE b PARTITION OF a DEFAULT;
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()`;

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  [
    "all of it",
    {
      ...t,
      function: "public.f",
      timing: "after",
      events: ["insert", "update", "delete"],
      level: "row",
      deferrable: "deferred",
    },
    deferred,
    ["passed"],
  ],
  ["there is none of this name", t, made("TRIGGER u AFTER INSERT"), ["no-trigger"]],
  ["there is no table", t, "SELECT 1", ["no-trigger"]],
  [
    "it is on another table",
    t,
    `${made("TRIGGER u AFTER INSERT")}; CREATE TABLE b (); CREATE TRIGGER t AFTER INSERT ON b EXECUTE FUNCTION f()`,
    ["no-trigger"],
  ],
  ["attack 30: it is disabled", t, `${deferred}; ALTER TABLE a DISABLE TRIGGER t`, ["disabled"]],
  ["attack 30: all triggers are disabled", t, `${deferred}; ALTER TABLE a DISABLE TRIGGER USER`, ["disabled"]],
  ["it fires only on a replica", t, `${deferred}; ALTER TABLE a ENABLE REPLICA TRIGGER t`, ["disabled"]],
  ["it fires always", t, `${deferred}; ALTER TABLE a ENABLE ALWAYS TRIGGER t`, ["passed"]],
  ["attack 30: it is disabled on a partition", t, `${partitioned}; ALTER TABLE b DISABLE TRIGGER t`, ["disabled"]],
  [
    "it does not fire on what inherits",
    { ...t, function: "f" },
    `${made("TRIGGER t BEFORE UPDATE")}; CREATE TABLE b () INHERITS (a)`,
    ["not-on-child"],
  ],
  [
    "what inherits has it too",
    { ...t, function: "f" },
    `${made("TRIGGER t BEFORE UPDATE")}; CREATE TABLE b () INHERITS (a); CREATE TRIGGER u BEFORE UPDATE ON b FOR EACH ROW EXECUTE FUNCTION f()`,
    ["passed"],
  ],
  [
    "what inherits has another",
    { ...t, function: "f" },
    `${made("TRIGGER t BEFORE UPDATE")}; CREATE TABLE b () INHERITS (a); CREATE TRIGGER t BEFORE UPDATE ON b FOR EACH ROW WHEN (false) EXECUTE FUNCTION f()`,
    ["not-on-child"],
  ],
  [
    "once for the statement, it fires on what inherits too",
    t,
    `${made("TRIGGER t BEFORE UPDATE", "")}; CREATE TABLE b () INHERITS (a)`,
    ["passed"],
  ],
  ["it is on a partitioned table", t, partitioned, ["passed"]],
  ["another function", { ...t, function: "g" }, deferred, ["other-function"]],
  ["a function of the name in another schema", { ...t, function: "s.f" }, deferred, ["other-function"]],
  [
    "the function is switched off by an argument",
    { ...t, function: "f" },
    "CREATE TABLE a (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f('off')",
    ["other-arguments"],
  ],
  [
    "the function is given what the plan asks for",
    { ...t, arguments: ["", "ü'\\"] },
    "CREATE TABLE a (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f('', 'ü''\\')",
    ["passed"],
  ],
  ["the function is not given what the plan asks for", { ...t, arguments: ["on"] }, deferred, ["other-arguments"]],
  ["another time", { ...t, timing: "before" }, deferred, ["other-timing"]],
  ["an event less", { ...t, events: ["insert", "update"] }, made("TRIGGER t AFTER INSERT"), ["other-events"]],
  ["an event more", { ...t, events: ["insert"] }, made("TRIGGER t AFTER INSERT OR DELETE"), ["other-events"]],
  [
    "it fires on an update of some columns, where any is asked for",
    update,
    made("TRIGGER t AFTER UPDATE OF x"),
    ["other-columns"],
  ],
  [
    "it fires on an update of the columns, in another order",
    { ...update, columns: ["y", "x"] },
    made("TRIGGER t AFTER UPDATE OF x, y"),
    ["passed"],
  ],
  [
    "it fires on an update of fewer columns",
    { ...update, columns: ["y", "x"] },
    made("TRIGGER t AFTER UPDATE OF x"),
    ["other-columns"],
  ],
  [
    "it fires on an update of any column, where some are asked for",
    { ...update, columns: ["x"] },
    made("TRIGGER t AFTER UPDATE"),
    ["other-columns"],
  ],
  ["once for the statement", { ...t, level: "row" }, made("TRIGGER t AFTER INSERT", ""), ["other-level"]],
  [
    "point 3: a trigger that cannot wait for the second statement",
    { ...t, deferrable: "deferred" },
    made("TRIGGER t AFTER INSERT"),
    ["other-deferrable"],
  ],
  [
    "deferrable, and not deferred",
    { ...t, deferrable: "deferred" },
    made("CONSTRAINT TRIGGER t AFTER INSERT", "DEFERRABLE FOR EACH ROW"),
    ["other-deferrable"],
  ],
  ["deferred where it must not be", { ...t, deferrable: false }, deferred, ["other-deferrable"]],
  [
    "a condition that is never true, where none is asked for",
    t,
    made("TRIGGER t AFTER INSERT", "FOR EACH ROW WHEN (false)"),
    ["other-when"],
  ],
  [
    "a condition by meaning",
    { ...t, when: "(NEW.x>0) and true" },
    made("TRIGGER t AFTER INSERT", "FOR EACH ROW WHEN (new.x > 0 AND true)"),
    ["passed"],
  ],
  [
    "another condition",
    { ...t, when: "NEW.x > 0" },
    made("TRIGGER t AFTER INSERT", "FOR EACH ROW WHEN (new.x >= 0)"),
    ["other-when"],
  ],
  ["no condition where one is asked for", { ...t, when: "NEW.x > 0" }, made("TRIGGER t AFTER INSERT"), ["other-when"]],
  [
    "a condition on whole rows",
    { ...t, when: "OLD.* IS DISTINCT FROM NEW.*" },
    made("TRIGGER t AFTER UPDATE", "FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*)"),
    ["passed"],
  ],
  [
    "a condition whose text says EXECUTE FUNCTION",
    { ...t, when: "NEW.x::text <> ') EXECUTE FUNCTION '" },
    made("TRIGGER t AFTER INSERT", "FOR EACH ROW WHEN (new.x::text <> ') EXECUTE FUNCTION ')"),
    ["passed"],
  ],
  [
    "a condition that differs only after such a text",
    { ...t, when: "NEW.x::text <> ') EXECUTE FUNCTION f'" },
    made("TRIGGER t AFTER INSERT", "FOR EACH ROW WHEN (new.x::text <> ') EXECUTE FUNCTION g')"),
    ["other-when"],
  ],
  [
    "a condition on a column that is not there yet",
    { ...t, when: "NEW.z > 0" },
    made("TRIGGER t AFTER INSERT"),
    ["other-when"],
  ],
  [
    "a condition that PostgreSQL refuses",
    { ...t, when: "NEW.x >>> 0" },
    made("TRIGGER t AFTER INSERT"),
    ["errored: operator does not exist: integer >>> integer"],
  ],
  [
    "PostgreSQL's own triggers for constraints are none",
    { ...t, name: "RI_ConstraintTrigger_c_1" },
    "CREATE TABLE b (x int PRIMARY KEY); CREATE TABLE a (x int REFERENCES b)",
    ["no-trigger"],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(trigger, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test.each<readonly [name: string, params: object, setup: string, message: string]>([
  [
    "the partition",
    t,
    `${partitioned}; ALTER TABLE b DISABLE TRIGGER t`,
    "t on a does not fire on public.b; the plan asks for a trigger that fires.",
  ],
  ["the other triggers", t, made("TRIGGER u AFTER INSERT"), "a has the triggers u; the plan asks for t."],
  [
    "none of those that PostgreSQL makes for constraints",
    t,
    "CREATE TABLE b (x int PRIMARY KEY); CREATE TABLE a (x int REFERENCES b)",
    "a has no trigger; the plan asks for t.",
  ],
  [
    "the events in one order",
    { ...t, events: ["delete", "insert"] },
    made("TRIGGER t AFTER UPDATE OR INSERT"),
    "t on a fires on INSERT OR UPDATE; the plan asks for INSERT OR DELETE.",
  ],
])("a finding names %s", async (_, params, setup, message) => {
  const { seen } = await attempt(trigger, params, { setup });
  expect(findingsOf(seen).map((finding) => finding.message)).toEqual([message]);
});

test.each([
  ["columns without update", { ...t, events: ["insert"], columns: ["x"] }, "columns"],
  ["a condition instead of", { ...t, timing: "instead of", when: "true" }, "when"],
  ["an event twice", { ...t, events: ["insert", "insert"] }, "events"],
])("%s is a mistake of the plan", (_, params, path) => {
  expect(trigger.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});

test.each([
  ["a condition that is added lets rows out", t, { ...t, when: "NEW.x > 0" }, "weaker"],
  ["columns that are added let updates out", update, { ...update, columns: ["x"] }, "weaker"],
  ["events that are asked for now", t, update, "stronger"],
])("%s (%s → %s: %s)", (_, base, head, strength) => {
  expect(trigger.strength(trigger.params.parse(base), trigger.params.parse(head))).toBe(strength);
});
