import type { Hazard } from "../model/ports.ts";
import { lineAt } from "../sql/statements.ts";

/** What looks like a secret; what is found is never repeated. */
const secrets: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a password", /\bPASSWORD\s+E?'(?!')/gi],
  ["a password", /\bpassword\s*=\s*(?!\s|['";)]|\$|%|<|\{)[^\s'";,)]{3,}/gi],
  ["a connection string with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]+:[^\s@/'"]+@/gi],
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY/g],
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/g],
  ["a Slack token", /\bxox[abprs]-[\w-]{10,}/g],
  ["a live key of Stripe", /\b[rs]k_live_\w{16,}/g],
  ["a Google API key", /\bAIza[\w-]{35}/g],
  ["a JSON Web Token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
];

/** Bits a character. Random keys of this alphabet have more than 4.2, words and names less. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

const isRandom = (text: string): boolean =>
  /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && entropy(text) > 4.2;

/** Credentials in the text of a migration, comments included. */
export function credentials(text: string): readonly Hazard[] {
  const found = secrets.flatMap(([what, pattern]) => [...text.matchAll(pattern)].map(({ index }) => ({ what, index })));
  const random = [...text.matchAll(/'([A-Za-z0-9+/=_-]{32,})'/g)].flatMap(({ index, 1: value = "" }) =>
    isRandom(value) ? [{ what: "what looks like a key", index }] : [],
  );
  const lines = new Map<number, string>();
  for (const { what, index } of [...found, ...random].sort((a, b) => a.index - b.index)) {
    const line = lineAt(text, index);
    if (!lines.has(line)) lines.set(line, what);
  }
  return [...lines].map(([line, what]) => ({
    rule: "credentials",
    message: `It holds ${what}; a migration is asked to hold no secret.`,
    help: "Take it out, and replace it where it is used: it is in the history now.",
    line,
  }));
}
