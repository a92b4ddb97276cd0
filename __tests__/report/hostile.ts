import type { Run } from "../../src/model/report.ts";

/** What a change may say anywhere: in names, titles, file names, SQL and what came back of it. Short, so that none is cut. */
export const payloads: { readonly [what: string]: string } = {
  "mentions and teams": "@octocat, (@a) @org/team &#64;octocat me@octocat",
  "an escaped mention": "\\@octocat",
  "references and closing words": "closes #1, fixes o/r#22 GH-3 gh-44",
  commits: "deadbeef1 o/r@0123abcdef0123",
  "names of advisories": "CVE-2024-1234 GHSA-abcd-abcd-abcd",
  "elements of HTML": '<img src=x onerror="a(1)"><svg/onload=x>',
  scripts: "<script>alert(1)</script><b>bold</b>",
  "ends of what it stands in": "</details></summary></sub></td></code></pre></li>",
  "fences and headings": "```\n~~~\n\n# heading\n\n````\n~~~~\n---\n===\nx",
  "rows of tables": "| a | b |\n| --- | --- |\n| c | d |",
  "bars behind backslashes": "\\| c \\\\| d \\\\\\| e",
  "comments and commands": "--> <!-- phasegate:x --> ]]> ::error::forged",
  "commands of the runner": "a\n::set-output name=x::y ##[error]z",
  links: "[a](javascript:alert) [c]: <https://e.example>",
  "images, notes and boxes": "![b](https://e.example/i.png) [^1] [ ] [x]",
  addresses: "https://e.example/a?b=c www.e.example ftp://e.example",
  "addresses of mail": "mailto:a@e.example xmpp:a@e.example a@e.example",
  emphasis: "*a* **b** __c__ ~~d~~ ~e~ ==f==",
  entities: "&lt;h&gt; &amp; &copy; &#x40;a &#35;1",
  "formulas and emoji": "$x$ $$y$$ $`z`$ :tada: :+1:",
  "code in backticks": "`a` ``b`` `c``d` ``` e",
  "mentions between backticks": "`@a` @b `#1` #2",
  "an odd backtick": "qa ` qb",
  "a backslash at the end": "path\\",
  "invisible characters": "a\u202Egnp.exe\u2066b\u0007\u001b[31m\u200b\u2028c\ufeff\u00add",
  "other ends of lines": "a\r\nb\rc",
  "half a character": "a\ud83d b",
  "the marks of Mermaid": '"]:::x; p9["evil"] end subgraph %% <br/> #quot; `x`',
};

/** What means something at the start of a line. */
export const beginnings: readonly string[] = [
  "- qq",
  "* qq",
  "+ qq",
  "1. qq",
  "2) qq",
  "# qq",
  "> qq",
  "===",
  "***",
  "___",
  "--- qq",
  "    qq",
  "| qq |",
  "- [ ] qq",
  "[qq]: b",
  "::error::qq",
  ": qq",
  "/approve",
  "```qq",
  "~~~qq",
  "<!-- qq",
  "</details>",
  "=",
  "-",
  "$ qq",
  "<div>",
];

/** Words that the code gives, and nobody else. */
const own = new Set([
  "status",
  "state",
  "how",
  "atBase",
  "direction",
  "point",
  "placebo",
  "conclusion",
  "provider",
  "documents",
  // The name of a commit, by its digits.
  "commit",
]);
const isOwn = (path: readonly string[]): boolean => {
  const [key = "", parent = "", above = ""] = path.toReversed();
  if (path.includes("observed")) return false;
  // The kind of a base, and the code of a violation; those of findings are a check's.
  return own.has(key) || (key === "kind" && parent === "base") || (key === "code" && above === "violations");
};

/** The same run, in which every text that is not the tool's own was changed; equal texts stay equal. */
export function withTexts(run: Run, change: (text: string) => string): Run {
  const of = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value === "string") return isOwn(path) ? value : change(value);
    if (Array.isArray(value)) return value.map((each, index) => of(each, [...path, String(index)]));
    if (typeof value !== "object" || value === null) return value;
    // Times of phases are found by their ids.
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, of(each, [...path, key])]));
  };
  // Strings for strings: the shape stays what it was.
  return of(run, []) as Run;
}
