import { closest, distance } from "fastest-levenshtein";
import { conditions, sqlstatesOf } from "../sql/conditions.ts";
import type { Expectation } from "./suite.ts";

/** What a comment tells the runner. */
export type Directive =
  | { readonly kind: "test"; readonly name: string }
  | { readonly kind: "as"; readonly role: string }
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "expect"; readonly expects: Omit<Expectation, "line"> }
  | { readonly kind: "sabotage"; readonly sql: string }
  | { readonly kind: "session"; readonly name: string }
  | { readonly kind: "commit" }
  | { readonly kind: "rollback" };

/** A comment is a directive, a mistaken one, or prose. */
export type Comment =
  | Directive
  | { readonly kind: "mistake"; readonly message: string; readonly help: string }
  | undefined;

const forms = {
  test: "-- test: what is true, as a sentence",
  as: "-- as: a role of the plan",
  set: "-- set: name = value",
  "expect error": "-- expect error: condition [on constraint] [matching regular expression]",
  sabotage: "-- sabotage: SQL",
} as const;

const words = Object.keys(forms);
const mistake = (message: string, help: string): Comment => ({ kind: "mistake", message, help });

/** Reads the text of one `--` comment. What only looks like a directive is a mistake, because it would be passed over. */
export function readComment(text: string): Comment {
  const body = text.replace(/^--/, "").trim();
  const session = /^session\s+(\w+)$/.exec(body)?.[1];
  if (session !== undefined) return { kind: "session", name: session };
  if (body === "commit" || body === "rollback") return { kind: body };
  const [, word = "", argument = ""] = /^([A-Za-z][A-Za-z _-]{0,24}?)\s*:(?!:)\s*(.*)$/s.exec(body) ?? [];
  const read = readers[word];
  if (read) return read(argument);
  return lookalike(body, word);
}

function lookalike(body: string, word: string): Comment {
  if (/^expect/i.test(body))
    return mistake(`\`${firstLine(body)}\` is no directive`, `Write \`${forms["expect error"]}\`.`);
  if (/^session\s*[:=-]?\s*\w+$/i.test(body)) return mistake(`\`${body}\` is no directive`, "Write `-- session A`.");
  if (/^(commit|rollback)\s*[;:.]?$/i.test(body))
    return mistake(`\`${body}\` is no directive`, "Write `-- commit` or `-- rollback`, and nothing else on the line.");
  if (word === "") return undefined;
  const near = closest(word.toLowerCase(), words);
  if (distance(word.toLowerCase(), near) > (near.length > 3 ? 2 : 0)) return undefined;
  return mistake(
    `\`${word}:\` is no directive`,
    `Write \`${forms[near as keyof typeof forms]}\`, or reword the comment.`,
  ); // `near` is one of the words
}

const firstLine = (text: string) => text.split("\n", 1)[0] ?? "";

const readers: { readonly [word: string]: (argument: string) => Comment } = {
  test: (name) => (name === "" ? mistake("the case has no name", `Write \`${forms.test}\`.`) : { kind: "test", name }),
  as: (role) =>
    /^(?:[A-Za-z_][\w$]*|"[^"]+")$/.test(role)
      ? { kind: "as", role: role.startsWith('"') ? role.slice(1, -1) : role.toLowerCase() }
      : mistake(`\`${role}\` is no name of a role`, `Write \`${forms.as}\`.`),
  set: (text) => {
    const [, name = "", value = ""] = /^([A-Za-z_][\w.]*)\s*(?:=|\sto\s)\s*(.*)$/i.exec(text) ?? [];
    if (name === "") return mistake(`\`${text}\` sets nothing`, `Write \`${forms.set}\`.`);
    if (["role", "session_authorization"].includes(name.toLowerCase()))
      return mistake(`\`${name}\` is no setting of a case`, `Write \`${forms.as}\`.`);
    return { kind: "set", name, value: value.replace(/^'(.*)'$/, "$1") };
  },
  "expect error": readExpectation,
  sabotage: (sql) =>
    sql === "" ? mistake("the sabotage is empty", `Write \`${forms.sabotage}\`.`) : { kind: "sabotage", sql },
};

function readExpectation(text: string): Comment {
  const [, condition = "", on, matching] = /^(\S+)(?:\s+on\s+("[^"]+"|\S+))?(?:\s+matching\s+(.+))?$/.exec(text) ?? [];
  if (condition === "") return mistake(`\`${text}\` names no condition`, `Write \`${forms["expect error"]}\`.`);
  // Functions may raise SQLSTATEs of their own.
  if (!conditions.includes(condition) && !/^(?=.*\d)[0-9A-Z]{5}$/.test(condition))
    return mistake(
      `PostgreSQL has no condition \`${condition}\``,
      `The nearest one is \`${closest(condition, [...conditions])}\`.`,
    );
  if (isOfTheStatement(condition))
    return mistake(
      `\`${condition}\` says that PostgreSQL cannot carry the statement out as it is written, and nothing about the schema's rules`,
      "Correct the statement, and expect the error that a rule gives.",
    );
  if (matching !== undefined && !isPattern(matching))
    return mistake(`\`${matching}\` is no regular expression`, "Write one as in JavaScript, without delimiters.");
  const expects = { condition, ...(on === undefined ? {} : { on: on.replace(/^"(.*)"$/, "$1") }) };
  return { kind: "expect", expects: matching === undefined ? expects : { ...expects, matching } };
}

/**
 * Class 42 is that a name is unknown or a type another: a typo would pass. Two of it are rules: a missing privilege, and
 * GENERATED ALWAYS.
 */
const isOfTheStatement = (condition: string): boolean =>
  sqlstatesOf(condition).every((state) => state.startsWith("42") && state !== "42501" && state !== "428C9");

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") instanceof RegExp;
  } catch {
    return false;
  }
}
