import { expect, test } from "@jest/globals";
import type { Run } from "../../src/model/report.ts";
import { checkOutput } from "../../src/report/check-output.ts";
import { comment } from "../../src/report/comment.ts";
import { visible } from "../../src/report/escape.ts";
import type { Shown } from "../../src/report/shown.ts";
import { beginnings, payloads, withTexts } from "./hostile.ts";
import { isElement, nodesOf, rendered, type Seen, type SeenElement } from "./rendered.ts";
import { runs, shown } from "./runs.ts";

/** Of every sort one: what can be said at all is said in them. */
const chosen = Object.fromEntries(
  ["everything", "plan-weakened", "weaker-approved", "unusable", "not-judged"].map((name) => [name, runs[name] as Run]),
);

/** What is rendered of one run; a check-run shows nothing that a comment does not, so one is enough. */
function texts(name: string, run: Run, change: (text: string) => string): { readonly [what: string]: string } {
  const [plan, where]: [string, Shown] = [change("phasegate.yml"), { ...shown, notes: [change("Base has moved.")] }];
  const page = comment(run, plan, where, 1e6);
  if (name !== "everything") return { page };
  const { summary, text } = checkOutput(run, plan, where);
  return { page, summary, text };
}

/** What GitHub makes something of, in text that is no code. */
const armed = [
  /@[a-z0-9]/i,
  /#\d/,
  /\bGH-\d/i,
  /\b(?:CVE|GHSA)-\w/i,
  /\w:\/\//,
  /www\./i,
  /:[a-z0-9+_-]+:/i,
  /\b[0-9a-f]{7,40}\b/i,
  /\p{Cc}|[\u202a-\u202e\u2066-\u2069\u2028\ufeff]/u,
];

const isCode = (node: Seen): boolean => node.nodeName === "CODE" || node.nodeName === "PRE";
const isMermaid = (node: Seen): boolean => isElement(node) && node.getAttribute("class") === "language-mermaid";

/** Elements in their nesting, without the ones that stand for texts: code, links to places, dollars. */
function skeleton(node: Seen): string {
  return [...node.childNodes]
    .map((child) => {
      const within = skeleton(child);
      if (!isElement(child)) return child.nodeName === "#text" ? "" : child.nodeName;
      if (isDollar(child) || (child.nodeName === "CODE" && node.nodeName !== "PRE")) return "";
      if (child.nodeName === "A" && within === "" && [...child.childNodes].every(isCode)) return "";
      const attributes = [...child.attributes]
        .filter(({ name }) => name !== "href")
        .map(({ name, value }) => ` ${name}=${value}`);
      return `<${child.nodeName}${attributes.join("")}>${within}</>`;
    })
    .join("");
}

const isDollar = (node: SeenElement): boolean =>
  node.nodeName === "SPAN" && node.textContent === "$" && [...node.attributes].length === 0;

/** Text that is no code, in pieces. */
function* loose(node: Seen): Iterable<string> {
  if (node.nodeName === "#text") yield node.textContent;
  if (!isCode(node)) for (const child of node.childNodes) yield* loose(child);
}

/** What people read, without the picture; white space and what joins nothing left out. */
function read(node: Seen): string {
  if (isMermaid(node)) return "";
  if (node.nodeName === "#text") return node.textContent.replace(/[\s\u2060`]/g, "");
  return [...node.childNodes].map(read).join("");
}

const pictureLine =
  /^(?:flowchart LR| {2}p\d+\["\S+ (?:[\p{L}\p{N} ]|#\d+;)+<br\/>[a-z ]+(?:<br\/>\d+ of \d+)?"\]:::[a-z]+| {2}p\d+ --> p\d+| {2}classDef [a-z]+ [\w:#,-]+|)$/u;

/** Of a payload, as it is read: within a string of JSON, or alone. */
const asRead = (payload: string): readonly string[] =>
  [JSON.stringify(payload).slice(1, -1), payload].map((text) => visible(text).replace(/[\s`]/g, ""));

/** Harmless; nothing in the samples is so long that it would be cut at another place. */
const filler = "yyyy";
const pages = new Map<string, SeenElement>();

/** Looked at once: most payloads are compared with the same page. */
function tamePage(text: string): SeenElement {
  const known = pages.get(text) ?? rendered(text);
  pages.set(text, known);
  return known;
}

function expectHarmless(payload: string, change: (text: string, payload: string) => string): void {
  const written = (given: string) => (text: string) => change(text, given);
  for (const [name, run] of Object.entries(chosen)) {
    const [evil, tame] = [payload, filler].map((given) => texts(name, withTexts(run, written(given)), written(given)));
    for (const [what, text] of Object.entries(evil ?? {})) {
      const [page, plain] = [rendered(text), tamePage(tame?.[what] ?? "")];
      expect([name, what, ...faults(page)]).toEqual([name, what]);
      expect(difference(skeleton(page), skeleton(plain))).toBe("");
      // Both, because a payload may be a sign that the page has of its own.
      const [own, other] = [read(page), read(plain)].map((words) => tamed(words, payload));
      expect(difference(own ?? "", other ?? "")).toBe("");
    }
  }
}

const address = /^https:\/\/github\.com\/o\/r\/(?:actions\/runs\/42|blob\/[0-9a-f]{40}\/[\w%./-]+(?:\?plain=1)?#L\d+)$/;

/** What is on a page and must not be, whatever anybody says. */
function faults(page: Seen): readonly string[] {
  const nodes = [...nodesOf(page)];
  return [
    ...[...loose(page)].filter((piece) => armed.some((pattern) => pattern.test(piece.replaceAll("\n", " ")))),
    ...nodes
      .filter((node) => isElement(node) && node.nodeName === "A")
      .map((node) => (isElement(node) && node.getAttribute("href")) || "")
      .filter((href) => !address.test(href)),
    ...nodes.flatMap((node) =>
      isCode(node) || (isElement(node) && isDollar(node))
        ? []
        : [...node.childNodes]
            .filter((child) => !isElement(child) && child.textContent.includes("$"))
            .map(({ textContent }) => textContent),
    ),
    ...nodes
      .filter(isMermaid)
      .flatMap(({ textContent }) => textContent.split("\n"))
      .filter((line) => !pictureLine.test(line)),
  ];
}

/** Where two texts differ; nothing where they do not. */
function difference(one: string, other: string): string {
  if (one === other) return "";
  let at = 0;
  while (one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `${one.slice(from, from + 200)}\n${other.slice(from, from + 200)}`;
}

const tamed = (text: string, payload: string): string =>
  asRead(payload).reduce((rest, each) => rest.replaceAll(each, filler), text);

test.each(Object.entries(payloads))("%s are text wherever a change can say something", (_, payload) => {
  expectHarmless(payload, (text, given) => `${text} ${given}`);
  expectHarmless(payload, (text, given) => `${given} ${text}`);
});

test.each(beginnings)("what begins with %j is text", (beginning) => {
  expectHarmless(beginning, (text, given) => `${given} ${text}`);
  expectHarmless(beginning, (text, given) => `${text}\n${given}`);
});

test("nothing but what a change says is text", () => {
  for (const payload of Object.values(payloads)) expectHarmless(payload, (_text, given) => given);
});
