import { z } from "zod";
import { approver, isTeam, noApprover } from "../model/approver.ts";
import type { Review } from "../model/ports.ts";
import { defineFilesKind, type KindFinding, type Mutant, NotRun } from "./kind.ts";
import { atLeast, free, ordered, subset } from "./strength.ts";

type Observed = {
  readonly author: string;
  readonly head: string;
  readonly reviews: readonly { readonly reviewer: string; readonly commit: string; readonly state: Review["state"] }[];
  /** Of the teams that the plan names. */
  readonly teams: { readonly [team: string]: readonly string[] };
};

const codes = ["approval-missing", "own-approval", "stale-approval", "changes-requested"] as const;
type Code = (typeof codes)[number];

/** GitHub's logins are the same in any case. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const params = z
  .strictObject({
    title: z.string().trim().min(1).describe("Whose approval it is, in words: `Backend lead`."),
    "any-of": z
      .array(z.string().regex(approver, { error: noApprover }))
      .min(1)
      .describe("Who may give it: logins (`@ada`) and teams (`@organization/team`)."),
    count: z.int().min(1).default(1).describe("How many of them have to."),
  })
  .superRefine(({ "any-of": people, count }, context) => {
    const different = new Set(people.map((name) => name.toLowerCase())).size;
    if (people.some(isTeam) || different === 0 || count <= different) return;
    const message = `asks for ${count} approvals of ${different} ${different === 1 ? "person" : "people"}`;
    context.addIssue({ code: "custom", path: ["count"], message });
  });
type Params = z.output<typeof params>;

const who = ({ "any-of": people, count }: Params): string => {
  const names = people.length === 1 ? people.join("") : `${people.slice(0, -1).join(", ")} or ${people.at(-1)}`;
  return count === 1 ? names : `${count} of ${people.join(", ")}`;
};
const teamsOf = ({ "any-of": people }: Params): readonly string[] => people.filter(isTeam);
const approvals = (number: number): string => (number === 1 ? "1 approval" : `${number} approvals`);

/** The last word of everybody who may approve; a comment takes nothing back. */
function lastWords({ "any-of": people }: Params, { reviews, teams }: Observed): Observed["reviews"] {
  const allowed = people.flatMap((name) => (isTeam(name) ? (teams[name] ?? []) : [name]));
  const last = new Map<string, Observed["reviews"][number]>();
  for (const review of reviews) {
    const { reviewer, state } = review;
    if (state !== "commented" && allowed.some((name) => same(name, reviewer))) last.set(reviewer.toLowerCase(), review);
  }
  return [...last.values()];
}

export const approval = defineFilesKind({
  kind: "approval",
  summary:
    "Somebody who is named has approved this very commit, and did not propose it. Where nobody can be asked, as on a laptop, it is not run, and its gate does not hold.",
  params,
  codes,

  claim: (params) => `${params.title} approves: ${who(params)}`,

  async observe({ approvals }, params) {
    const asked = await approvals.ask(teamsOf(params));
    if ("none" in asked) {
      throw new NotRun({
        code: "approval-missing",
        message: `The approval of ${params.title} (${who(params)}) is missing: no reviews can be asked for here, because ${asked.none}; the plan asks for ${numberOf(params)}.`,
        help: `Open a pull request, and let ${who(params)} approve its last commit.`,
      });
    }
    const { author, head, reviews, teams, unread = [] } = asked;
    const named = teamsOf(params);
    const observed: Observed = {
      author,
      head,
      reviews: reviews.map(({ reviewer, commit, state }) => ({ reviewer, commit, state })),
      teams: Object.fromEntries(named.map((team) => [team, teams[team] ?? []])),
    };
    // Of a team that cannot be read nobody counts; where others are enough, nobody of it has to.
    const unknown = named.filter((team) => !Object.hasOwn(teams, team));
    if (unknown.length > 0 && approval.judge(params, observed).length > 0)
      throw new Error([`Nobody says who belongs to ${unknown.join(", ")}`, ...unread].join("; "));
    return { examined: 1, observed };
  },

  judge(params, observed: Observed): KindFinding<Code>[] {
    const { author, head } = observed;
    const words = lastWords(params, observed);
    const approving = words.filter(({ state }) => state === "approved");
    const [own, others] = [true, false].map((isOwn) => approving.filter((one) => same(one.reviewer, author) === isOwn));
    const stale = (others ?? []).filter(({ commit }) => commit !== head);
    const counted = (others ?? []).filter(({ commit }) => commit === head);
    if (counted.length >= params.count) return [];
    const names = counted.map(({ reviewer }) => reviewer).join(", ");
    const so = counted.length === 0 ? "nobody of them has" : `only ${names} has`;
    const asks = `the plan asks for ${numberOf(params)}`;
    const to = `Let ${who(params)} approve ${short(head)}.`;
    return [
      {
        code: "approval-missing",
        message: `The approval of ${params.title} (${who(params)}) is missing: ${so} approved ${short(head)}; ${asks}.`,
        help: to,
      },
      ...(own ?? []).map(({ reviewer }) => ({
        code: "own-approval" as const,
        message: `${reviewer} approves what ${reviewer} proposes, which does not count; ${asks} by somebody else.`,
        help: `Let somebody else of ${params["any-of"].join(", ")} approve ${short(head)}.`,
      })),
      ...stale.map(({ reviewer, commit }) => ({
        code: "stale-approval" as const,
        message: `${reviewer} approved ${short(commit)}, and the commit to be merged is ${short(head)}; ${asks} of this one.`,
        help: `Let ${reviewer} look at ${short(head)}, and approve again.`,
      })),
      ...words
        .filter(({ state }) => state === "changes-requested")
        .map(({ reviewer }) => ({
          code: "changes-requested" as const,
          message: `${reviewer} has requested changes; ${asks}.`,
          help: `Make the changes that ${reviewer} asks for, and let ${reviewer} look again.`,
        })),
    ];
  },

  mutants(params, observed: Observed) {
    const { author, head, reviews } = observed;
    const counting = lastWords(params, observed)
      .filter(({ state, reviewer, commit }) => state === "approved" && !same(reviewer, author) && commit === head)
      .map(({ reviewer }) => reviewer.toLowerCase());
    // Those who approve above the number that is asked for are taken out, so that each of the others is needed.
    const needed = counting.slice(0, params.count);
    const isNeeded = ({ reviewer }: { readonly reviewer: string }) => needed.includes(reviewer.toLowerCase());
    const above = (reviewer: string) => counting.includes(reviewer.toLowerCase()) && !isNeeded({ reviewer });
    const kept = reviews.filter(({ reviewer }) => !above(reviewer));
    const one = needed[0] ?? "";
    const isOne = ({ reviewer }: { readonly reviewer: string }) => same(reviewer, one);
    const change = (name: string, provokes: Code, changed: Partial<Observed>): Mutant<Code, Observed> => ({
      name,
      sabotage: { evidence: { ...observed, ...changed } },
      provokes,
    });
    const of = (more: Partial<Observed["reviews"][number]>) => ({
      reviews: kept.map((review) => (isOne(review) ? { ...review, ...more } : review)),
    });
    return [
      change("nobody has approved", "approval-missing", { reviews: [] }),
      change(`only ${params.count - 1} of ${approvals(params.count)} are there`, "approval-missing", {
        reviews: kept.filter((review) => !isOne(review)),
      }),
      change("somebody else approves who is not named", "approval-missing", of({ reviewer: "@mutant" })),
      change("the approval is dismissed", "approval-missing", of({ state: "dismissed" })),
      change("it is the author who approves", "own-approval", { reviews: kept, author: one }),
      change("another commit was approved", "stale-approval", of({ commit: "0".repeat(40) })),
      change("the last word is that changes are requested", "changes-requested", {
        reviews: [...kept, { reviewer: one, commit: head, state: "changes-requested" }],
      }),
    ];
  },

  strength: (base, head) => ordered(base, head, { title: free, "any-of": subset, count: atLeast }),

  examples: [
    {
      reviews: {
        author: "@eve",
        head: "1".repeat(40),
        reviews: [
          { reviewer: "@grace", commit: "2".repeat(40), state: "approved" },
          { reviewer: "@Ada", commit: "1".repeat(40), state: "approved" },
          { reviewer: "@ada", commit: "1".repeat(40), state: "commented" },
        ],
        teams: {},
      },
      params: { title: "Backend lead", "any-of": ["@ada", "@grace"] },
    },
    {
      reviews: {
        author: "@eve",
        head: "1".repeat(40),
        reviews: [
          { reviewer: "@ada", commit: "1".repeat(40), state: "changes-requested" },
          { reviewer: "@ada", commit: "1".repeat(40), state: "approved" },
          { reviewer: "@bob", commit: "1".repeat(40), state: "approved" },
          { reviewer: "@joan", commit: "1".repeat(40), state: "approved" },
        ],
        teams: { "@org/database": ["@bob", "@joan", "@eve"] },
      },
      params: { title: "Database review", "any-of": ["@ada", "@org/database"], count: 2 },
    },
  ],
});

const numberOf = ({ count }: Params): string => approvals(count);
const short = (commit: string): string => commit.slice(0, 10);
