import { expect, test } from "@jest/globals";
import { nobody } from "../../src/approvals/nobody.ts";
import { approval } from "../../src/checks/approval.ts";
import type { Approvals, Review } from "../../src/model/ports.ts";
import { type Look, look, type Sight } from "../../src/run/look.ts";
import { treeOf } from "../migrate/world.ts";
import { codesOf } from "./example-world.ts";

const refuse = (): never => {
  throw new Error("an approval asks for nothing else");
};
const sightOf = (approvals: Approvals): Sight => ({
  database: { query: refuse, attempt: refuse, act: refuse },
  tree: treeOf({}),
  laboratory: {
    roundTrip: refuse,
    clone: refuse,
    get rehearsing() {
      return this;
    },
  },
  linter: { lint: refuse, rules: refuse },
  programs: { run: refuse },
  approvals,
  subject: { phase: "1", migrations: [], created: [], major: 18 },
});
const head = "1".repeat(40);
const older = "2".repeat(40);
const by = (reviewer: string, state: Review["state"] = "approved", commit = head): Review => ({
  reviewer,
  commit,
  state,
});
const lead = { title: "Backend lead", "any-of": ["@ada", "@grace"] };

const asked = (
  params: object,
  reviews: readonly Review[],
  teams: { readonly [team: string]: readonly string[] } = {},
) =>
  look(
    { kind: approval, params: approval.params.parse({ ...lead, ...params }) },
    sightOf({ ask: async () => ({ author: "@eve", head, reviews, teams }) }),
  );

test.each<readonly [name: string, reviews: readonly Review[], codes: readonly string[], params?: object]>([
  ["somebody who is named has approved", [by("@grace")], ["passed"]],
  ["nobody has", [], ["approval-missing"]],
  ["somebody else has", [by("@bob")], ["approval-missing"]],
  ["a login is the same in any case", [by("@Ada")], ["passed"]],
  ["attack: the author approves", [by("@eve")], ["approval-missing", "own-approval"], { "any-of": ["@ada", "@eve"] }],
  ["attack: the author in another case", [by("@EVE")], ["approval-missing", "own-approval"], { "any-of": ["@Eve"] }],
  ["attack: another commit was approved", [by("@ada", "approved", older)], ["approval-missing", "stale-approval"]],
  ["an older approval beside one of head", [by("@ada", "approved", older), by("@grace")], ["passed"]],
  ["the same reviewer looked again", [by("@ada", "approved", older), by("@ada")], ["passed"]],
  [
    "changes are requested afterwards",
    [by("@ada"), by("@ada", "changes-requested")],
    ["approval-missing", "changes-requested"],
  ],
  ["changes were requested before", [by("@ada", "changes-requested"), by("@ada")], ["passed"]],
  ["a comment takes nothing back", [by("@ada"), by("@ada", "commented")], ["passed"]],
  ["a comment is no approval", [by("@ada", "commented")], ["approval-missing"]],
  ["an approval that was dismissed is none", [by("@ada"), by("@ada", "dismissed")], ["approval-missing"]],
  ["attack: one person approves twice", [by("@ada"), by("@ada")], ["approval-missing"], { count: 2 }],
  ["attack: so it is in another case", [by("@ada"), by("@ADA")], ["approval-missing"], { count: 2 }],
  ["two have approved", [by("@ada"), by("@grace")], ["passed"], { count: 2 }],
])("%s", async (...[, reviews, codes, params = {}]) => {
  expect(codesOf(await asked(params, reviews))).toEqual(codes);
});

test("a member of a team stands for it, and counts once", async () => {
  const params = { "any-of": ["@ada", "@org/db"], count: 2 };
  const teams = { "@org/db": ["@ada", "@bob"], "@org/other": ["@joan"] };
  expect(codesOf(await asked(params, [by("@ada"), by("@bob")], teams))).toEqual(["passed"]);
  expect(codesOf(await asked(params, [by("@ada"), by("@joan")], teams))).toEqual(["approval-missing"]);
  const seen = await asked(params, [by("@ada"), by("@bob")], teams);
  expect(seen.evidence?.observed).toMatchObject({ teams: { "@org/db": ["@ada", "@bob"] } });
  expect(JSON.stringify(seen.evidence)).not.toContain("other");
});

test("a team of which nobody says who belongs to it is an error", async () => {
  const seen = await asked({ "any-of": ["@org/db"] }, [by("@ada")]);
  expect(codesOf(seen)).toEqual(["errored: Nobody says who belongs to @org/db"]);
});

test("a team of which nobody says who belongs to it takes nothing from others who have approved", async () => {
  const seen = await asked({ "any-of": ["@org/db", "@ada"] }, [by("@ada")]);
  expect(codesOf(seen)).toEqual(["passed"]);
  const nobody = await asked({ "any-of": ["@org/db", "@ada"] }, [by("@bob")]);
  expect(codesOf(nobody)).toEqual(["errored: Nobody says who belongs to @org/db"]);
});

test("where nobody can be asked it is not run, which says what is missing and what to do", async () => {
  const claim = { kind: approval, params: approval.params.parse(lead) };
  const seen: Look = await look(claim, sightOf(nobody("this run knows of no pull request")));
  const message =
    "The approval of Backend lead (@ada or @grace) is missing: no reviews can be asked for here, because this run knows of no pull request; the plan asks for 1 approval.";
  const help = "Open a pull request, and let @ada or @grace approve its last commit.";
  expect(seen).toEqual({
    verdict: { status: "not-run", reason: message, missing: [{ code: "approval-missing", message, help }] },
  });
});

test("who should answer and does not makes it an error, and never a pass", async () => {
  const ask = async () => {
    throw new Error("GitHub answers 502");
  };
  const seen = await look({ kind: approval, params: approval.params.parse(lead) }, sightOf({ ask }));
  expect(codesOf(seen)).toEqual(["errored: GitHub answers 502"]);
});

test.each<readonly [name: string, params: object, path: string, message: string]>([
  ["nobody", { ...lead, "any-of": [] }, "any-of", ">=1"],
  ["a name that is no login", { ...lead, "any-of": ["ada"] }, "any-of.0", "is nobody"],
  ["more approvals than people", { ...lead, count: 3 }, "count", "3 approvals of 2 people"],
  [
    "a person who is named twice",
    { ...lead, "any-of": ["@ada", "@Ada"], count: 2 },
    "count",
    "2 approvals of 1 person",
  ],
  ["no approval", { ...lead, count: 0 }, "count", ">=1"],
])("%s is a mistake of the plan", (_, params, path, message) => {
  const { error } = approval.params.safeParse(params);
  expect((error?.issues ?? []).map((issue) => [issue.path.join("."), issue.message])).toEqual([
    [path, expect.stringContaining(message)],
  ]);
});

test.each([
  ["fewer people", {}, { "any-of": ["@ada"] }, "stronger"],
  ["more people", {}, { "any-of": ["@ada", "@grace", "@eve"] }, "weaker"],
  ["more approvals", {}, { count: 2 }, "stronger"],
  ["fewer approvals", { count: 2 }, {}, "weaker"],
  ["another title", {}, { title: "Lead" }, "same"],
] as const)("%s makes it %s", (_, base, head, strength) => {
  const [was, is] = [base, head].map((more) => approval.params.parse({ ...lead, ...more }));
  expect(was && is && approval.strength(was, is)).toBe(strength);
});
