import { expect, test } from "@jest/globals";
import { rls } from "../../src/checks/rls.ts";
import { cluster } from "../migrate/world.ts";
import { codesOf, findingsOf, trying } from "./example-world.ts";

const attempt = trying(cluster());

const table = "CREATE TABLE a (t int, n int)";
const enabled = `${table}; ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a FORCE ROW LEVEL SECURITY`;
const policy = (rest: string, name = "p") => `${enabled}; CREATE POLICY ${name} ON a ${rest}`;
const asks = (...policies: object[]) => ({ table: "a", policies });
const isolation = { name: "p", using: "t = current_setting('app.t')::int" };
const asIs = "USING (t = current_setting('app.t')::int)";

test.each<readonly [name: string, params: object, setup: string, codes: readonly string[]]>([
  ["enabled and forced, whatever the policies", { table: "a" }, enabled, ["passed"]],
  [
    "the policy by meaning",
    asks({ ...isolation, using: "(t) = CAST(current_setting('app.t') AS integer)" }),
    policy(asIs),
    ["passed"],
  ],
  ["there is no table", { table: "a" }, "SELECT 1", ["no-table"]],
  ["it is a view", { table: "v" }, `${table}; CREATE VIEW v AS TABLE a`, ["no-table"]],
  ["it is neither enabled nor forced", { table: "a" }, table, ["not-enabled", "not-forced"]],
  [
    "point 20: it is forced and not enabled",
    { table: "a" },
    `${enabled}; ALTER TABLE a DISABLE ROW LEVEL SECURITY`,
    ["not-enabled"],
  ],
  [
    "attack 30: it is enabled and not forced",
    { table: "a" },
    `${enabled}; ALTER TABLE a NO FORCE ROW LEVEL SECURITY`,
    ["not-forced"],
  ],
  [
    "it need not be forced",
    { table: "a", forced: false },
    `${enabled}; ALTER TABLE a NO FORCE ROW LEVEL SECURITY`,
    ["passed"],
  ],
  ["attack 33: a policy USING (true)", asks(isolation), policy("USING (true)"), ["other-using", "other-with-check"]],
  [
    "attack 33: what is written is not held back",
    asks(isolation),
    policy(`${asIs} WITH CHECK (true)`),
    ["other-with-check"],
  ],
  [
    "what is written is held back by the same condition, said twice",
    asks(isolation),
    policy(`${asIs} WITH CHECK (t = current_setting('app.t')::int)`),
    ["passed"],
  ],
  [
    "a policy more, which lets more rows through",
    asks(isolation),
    `${policy(asIs)}; CREATE POLICY q ON a USING (true)`,
    ["extra-policy"],
  ],
  ["a policy more where none is asked for", asks(), policy(asIs), ["extra-policy"]],
  ["no policy, where one is asked for", asks(isolation), enabled, ["no-policy"]],
  ["the policy has another name", asks(isolation), policy(asIs, "q"), ["no-policy", "extra-policy"]],
  ["it is for one command only", asks(isolation), policy(`FOR SELECT ${asIs}`), ["other-command", "other-with-check"]],
  [
    "it is restrictive, and so lets nothing through",
    asks(isolation),
    policy(`AS RESTRICTIVE ${asIs}`),
    ["other-permissive"],
  ],
  ["it is for one role only", asks(isolation), policy(`TO app_rw ${asIs}`), ["other-roles"]],
  ["it is for everybody", asks({ ...isolation, roles: ["app_rw"] }), policy(asIs), ["other-roles"]],
  [
    "roles are in any order, and PUBLIC is all of them",
    asks({ ...isolation, roles: ["app_rw", "app_ro"] }),
    policy(`TO app_ro, app_rw ${asIs}`),
    ["passed"],
  ],
  ["PUBLIC beside a role is PUBLIC", asks({ ...isolation, roles: ["app_rw", "public"] }), policy(asIs), ["passed"]],
  [
    "a policy for INSERT",
    asks({ name: "p", command: "insert", "with-check": "n > 0" }),
    policy("FOR INSERT WITH CHECK (n > 0)"),
    ["passed"],
  ],
  [
    "a policy for UPDATE that checks something else",
    asks({ name: "p", command: "update", using: "true", "with-check": "n > 0" }),
    policy("FOR UPDATE USING (true) WITH CHECK (n >= 0)"),
    ["other-with-check"],
  ],
  [
    "a condition with a subquery that names the table",
    asks({ name: "p", using: "EXISTS (SELECT 1 FROM b WHERE b.t = a.t)" }),
    `CREATE TABLE b (t int); ${policy("USING (EXISTS (SELECT 1 FROM b WHERE b.t = a.t))")}`,
    ["passed"],
  ],
  [
    "a condition with a subquery over another table of the name",
    asks({ name: "p", using: "EXISTS (SELECT 1 FROM b WHERE b.t = a.t)" }),
    `CREATE TABLE b (t int); CREATE SCHEMA s; CREATE TABLE s.b (t int); ${policy("USING (EXISTS (SELECT 1 FROM s.b WHERE b.t = a.t))")}`,
    ["other-using", "other-with-check"],
  ],
  [
    "a condition on a column that is not there yet is no error",
    asks({ name: "p", using: "m > 0" }),
    policy("USING (n > 0)"),
    ["other-using", "other-with-check"],
  ],
  [
    "a condition that PostgreSQL refuses",
    asks({ name: "p", using: "n >>> 0" }),
    policy("USING (n > 0)"),
    ["errored: operator does not exist: integer >>> integer"],
  ],
  [
    "a table that inherits is open, and has no row-level security",
    asks(isolation),
    `${policy(asIs)}; CREATE TABLE b () INHERITS (a); GRANT SELECT ON b TO app_rw`,
    ["open-child"],
  ],
  [
    "a table that inherits is open to nobody",
    asks(isolation),
    `${policy(asIs)}; CREATE TABLE b () INHERITS (a)`,
    ["passed"],
  ],
  [
    "some columns of a table that inherits are open",
    { table: "a" },
    `${enabled}; CREATE TABLE b () INHERITS (a); GRANT UPDATE (n) ON b TO app_rw`,
    ["open-child"],
  ],
  [
    "what inherits from what inherits is open",
    { table: "a" },
    `${enabled}; CREATE TABLE b () INHERITS (a); CREATE TABLE c () INHERITS (b); GRANT SELECT ON c TO PUBLIC`,
    ["open-child"],
  ],
  [
    "a partition is open",
    { table: "q" },
    `CREATE TABLE q (x int) PARTITION BY LIST (x); CREATE TABLE r PARTITION OF q DEFAULT; GRANT SELECT ON r TO app_ro;
     ALTER TABLE q ENABLE ROW LEVEL SECURITY; ALTER TABLE q FORCE ROW LEVEL SECURITY`,
    ["open-child"],
  ],
  [
    "a partition is open, with another policy",
    { table: "a" },
    `${policy(asIs)}; CREATE TABLE b () INHERITS (a); GRANT SELECT ON b TO app_rw;
     ALTER TABLE b ENABLE ROW LEVEL SECURITY; ALTER TABLE b FORCE ROW LEVEL SECURITY; CREATE POLICY p ON b USING (true)`,
    ["open-child"],
  ],
  [
    "a partition is open, with the same policy",
    asks(isolation),
    `${policy(asIs)}; CREATE TABLE b () INHERITS (a); GRANT SELECT ON b TO app_rw;
     ALTER TABLE b ENABLE ROW LEVEL SECURITY; ALTER TABLE b FORCE ROW LEVEL SECURITY; CREATE POLICY p ON b ${asIs}`,
    ["passed"],
  ],
  [
    "a partition is open, without the policy that holds back",
    { table: "a" },
    `${policy("AS RESTRICTIVE USING (n > 0)")}; CREATE POLICY q ON a USING (true); CREATE TABLE b () INHERITS (a); GRANT SELECT ON b TO app_rw;
     ALTER TABLE b ENABLE ROW LEVEL SECURITY; ALTER TABLE b FORCE ROW LEVEL SECURITY; CREATE POLICY q ON b USING (true)`,
    ["open-child"],
  ],
  [
    "a partitioned table",
    { table: "q" },
    "CREATE TABLE q (x int) PARTITION BY LIST (x); ALTER TABLE q ENABLE ROW LEVEL SECURITY; ALTER TABLE q FORCE ROW LEVEL SECURITY",
    ["passed"],
  ],
])("%s", async (_, params, setup, codes) => {
  const { seen } = await attempt(rls, params, { setup });
  expect(codesOf(seen)).toEqual(codes);
});

test("a finding shows both conditions in PostgreSQL's words", async () => {
  const { seen } = await attempt(rls, asks({ name: "p", using: "t = 1", "with-check": "true" }), {
    setup: policy("USING (t=2) WITH CHECK (true)"),
  });
  expect(findingsOf(seen)).toEqual([
    {
      code: "other-using",
      message: "The policy p on a is USING (t = 2); the plan asks for one that is USING (t = 1).",
      help: "Add `ALTER POLICY p ON a USING ((t = 1))` to the migration.",
    },
  ]);
});

test("a finding names the policy that is too many", async () => {
  const { seen } = await attempt(rls, asks(isolation), {
    setup: `${policy(asIs)}; CREATE POLICY q ON a FOR SELECT TO app_ro USING (true)`,
  });
  expect(findingsOf(seen).map(({ message }) => message)).toEqual([
    "a has the policy q for SELECT TO app_ro; the plan asks for p and no more.",
  ]);
});

test.each([
  ["a policy for INSERT with `using`", asks({ name: "p", command: "insert", using: "true" }), "policies.0.using"],
  [
    "a policy for DELETE with `with-check`",
    asks({ name: "p", command: "delete", "with-check": "true" }),
    "policies.0.with-check",
  ],
  ["a policy named twice", asks({ name: "p" }, { name: "p" }), "policies.1.name"],
])("%s is a mistake of the plan", (_, params, path) => {
  expect(rls.params.safeParse(params).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});

test.each([
  ["it need not be forced any more", { table: "a" }, { table: "a", forced: false }, "weaker"],
  ["it must be forced now", { table: "a", forced: false }, { table: "a" }, "stronger"],
  ["policies that are asked for now", { table: "a" }, asks(isolation), "stronger"],
  ["attack 3: policies that are not asked for any more", asks(isolation), { table: "a" }, "weaker"],
  ["a policy more shows more rows", asks(isolation), asks(isolation, { name: "q", using: "true" }), "weaker"],
])("%s (%s → %s: %s)", (_, base, head, strength) => {
  expect(rls.strength(rls.params.parse(base), rls.params.parse(head))).toBe(strength);
});
