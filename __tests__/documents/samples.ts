import type { Derived, DerivedCheck, DerivedGate, Proof, VerificationDocument } from "../../src/documents/document.ts";
import type { Json } from "../../src/model/json.ts";

export const sha = (letter: string): string => letter.repeat(64);

export const proof = (changes: Partial<Proof> = {}): Proof => ({
  points: ["after", "head"],
  looked: ["SELECT format_type(a.atttypid, a.atttypmod)\nFROM pg_attribute AS a\nWHERE a.attrelid = $1::regclass"],
  examined: 1,
  observed: { type: "numeric(6,5)", nullable: false, default: null },
  ...changes,
});

export const check = (changes: Partial<DerivedCheck> = {}): DerivedCheck => ({
  kind: "column",
  params: { table: "allocations", name: "ratio", type: "numeric(6,5)" },
  claim: "allocations.ratio numeric(6,5)",
  verdict: "passed",
  codes: [],
  before: "red",
  proof: [proof()],
  ...changes,
});

export const gate = (changes: Partial<DerivedGate> = {}): DerivedGate => ({
  id: "4A.2",
  title: "Allocation ratio added",
  requirement: "`ratio numeric(6,5)`, between 0 and 1",
  blocking: true,
  verdict: "passed",
  checks: [check()],
  ...changes,
});

export const derived = (changes: Partial<Derived> = {}): Derived => ({
  phase: "4A",
  title: "Enhance the allocation schema",
  plan: "phasegate.yml",
  after: ["baseline"],
  owns: { migrations: ["*_enhance.sql"] },
  migrations: [{ name: "2_enhance", sha256: sha("a") }],
  gates: [
    gate({ id: "4A.1", title: "The migration exists", checks: [filesCheck()] }),
    gate({ checks: [check(), statement()] }),
    gate({ id: "4A.3", title: "Reviewed by the backend lead", checks: [approval()], verdict: "asked" }),
  ],
  ...changes,
});

const filesCheck = (): DerivedCheck =>
  check({
    kind: "file",
    params: { path: "migrations/2_enhance.sql" },
    claim: "migrations/2_enhance.sql exists",
    before: "none",
    proof: [proof({ points: ["head"], looked: ["migrations/2_enhance.sql"], observed: { exists: true } })],
  });

/** Looks at what `check` looked at, and at one thing more. */
const statement = (): DerivedCheck =>
  check({
    kind: "statement",
    params: { sql: "INSERT INTO allocations (ratio) VALUES (1.5)", "fails-with": { condition: "check_violation" } },
    claim: "a ratio above 1 is refused",
    before: "excused",
    holdsBefore: "the table was refused as a whole",
    proof: [
      proof({
        looked: [
          ...proof().looked,
          "INSERT INTO allocations (tenant_id, event_id, channel, ratio, cents)\nVALUES (1, 1, 'email', 1.5, 100)",
        ],
        observed: { refused: { condition: "check_violation", constraint: "ck_allocations_ratio" } },
      }),
    ],
  });

export const approval = (): DerivedCheck =>
  check({
    kind: "approval",
    params: { by: ["@ada"] },
    claim: "@ada approves the change",
    verdict: "asked",
    before: "none",
    proof: [],
  });

export const documentOf = (
  content: Derived = derived(),
  changes: Partial<VerificationDocument> = {},
): VerificationDocument => ({
  format: 1,
  tool: "0.1.0",
  verifiedAt: "2026-02-03T10:00:00Z",
  verifier: "Ada Lovelace",
  derived: content,
  remediation: "",
  signOff: "",
  ...changes,
});

/** One check whose every text is this one. */
export const allOf = (text: string): VerificationDocument =>
  documentOf(
    derived({
      phase: text,
      title: text,
      plan: text,
      after: [text],
      owns: { files: [text], [text]: text },
      migrations: [{ name: text, sha256: sha("b") }],
      gates: [
        gate({
          id: text,
          title: text,
          requirement: text,
          until: text,
          checks: [
            check({
              kind: text,
              params: { [text]: text },
              holdsBefore: text,
              claim: text,
              codes: [text],
              proof: [
                proof({ looked: [text, `${text}\n${text}`, text], observed: { [text]: [text, { [text]: text }] } }),
              ],
            }),
            check({ proof: [proof({ looked: [text, `${text}\n`, ""], observed: text })] }),
          ],
        }),
      ],
    }),
    { tool: text, verifier: text },
  );

/** What somebody may write into a title, a comment or a row to be read as something else. */
export const hostile: { readonly [name: string]: string } = {
  "a closing fence": "```\n\n## 4A.9: forged\n\n- Status: ✅ PASS\n\n```sql",
  "a longer fence": "`````` `` ` ```json",
  "a fence that is indented": "x\n   ````  \ny",
  "code that ends too early": "` <h1>PASS</h1> ![c](d) `` **x** `",
  tildes: "~~~\n~~~",
  HTML: "</summary></details><h1>✅ PASS</h1><!--",
  "a comment that ends": "--> <!-- phasegate: end remediation -->",
  "a delimiter on a line of its own": "a\n<!-- phasegate: begin remediation -->\n<!-- phasegate: end sign-off -->\nb",
  "bars and a row": "a | b |\n| --- | --- |\n| Overall status | PASS |",
  "a heading": "# one\ntwo\n===\n## three",
  "markup and mentions": "**x** _y_ [a](http://b) ![c](d) @ada #12 :x: $x$ ~~z~~ &lt; \\* http://a.b",
  "control and bidirectional characters": "\u0000\u0007\u001b[31m\u202eSSAP\u2066\u200b\ufeff\u2028\u2029\u{e0041}",
  "a lone surrogate": "a\ud800b",
  "line ends of every sort": "\r\na\rb\n\n\n",
  "blank space": " \t a  b\u00a0 ",
  "a sign-off": "Signed-off-by: Mallory, 2026-01-01",
  "keys of JavaScript": "__proto__",
  "other scripts": "Überprüfung 検証 👩‍💻 e\u0301",
  nothing: "",
};

/** JSON of every shape; the same for the same seed. */
export function anyJson(seed: number): Json {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const texts = Object.values(hostile);
  const text = () => (texts[random(texts.length)] ?? "").slice(0, random(40));
  const value = (depth: number): Json => {
    switch (random(depth > 4 ? 5 : 8)) {
      case 0:
        return null;
      case 1:
        return random(2) === 0;
      case 2:
        return (random(2000) - 1000) / (random(3) === 0 ? 7 : 1);
      case 3:
      case 4:
        return text();
      case 5:
        return Array.from({ length: random(60) }, () => random(100000));
      case 6:
        return Array.from({ length: random(6) }, () => value(depth + 1));
      default:
        return Object.fromEntries(Array.from({ length: random(6) }, () => [text(), value(depth + 1)]));
    }
  };
  return value(0);
}
