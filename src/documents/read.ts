import type { Json } from "../model/json.ts";
import { type FreeBlock, fencesIn, partsOf, type Range } from "./blocks.ts";
import { type Data, dataSchema } from "./data.ts";
import { oneLine } from "./difference.ts";
import { says, type VerificationDocument } from "./document.ts";
import { editsOf } from "./edits.ts";
import { refusedIn } from "./free-text.ts";
import { readJson } from "./json-text.ts";
import { withProof } from "./read-proof.ts";
import { offered, render } from "./render.ts";

export { says } from "./document.ts";

/** What a page claims. */
export interface Claim {
  readonly phase: string;
  readonly migrations: VerificationDocument["derived"]["migrations"];
  readonly status: "PASS" | "FAIL";
}

/** Why a text is no verification document, or none as it was written. */
export interface Flaw {
  readonly message: string;
  readonly help: string;
  /** Counted from 1. */
  readonly line: number;
}

export type DocumentReading =
  | { readonly document: VerificationDocument }
  | { readonly flaws: readonly [Flaw, ...Flaw[]] };

const longest = 8 * 1024 * 1024;
const issueAgain =
  "Take the edit back, or issue the document again with `phasegate verify`; people write in the blocks of Remediation and Sign-off, and nowhere else.";
const notWritten = "Nobody writes a verification document by hand: issue it with `phasegate verify`.";

/**
 * Reads a page that `render` wrote. Every word outside of the free blocks has to be what the data and the proof in it
 * give; line ends, a byte order mark and blank lines at the end or around what people wrote do not count.
 */
export function readDocument(text: string): DocumentReading {
  if (text.length > longest)
    return flawed(0, `The document has ${text.length} characters; at most ${longest} are read.`, notWritten);
  const lines = linesOf(text);
  const read = readData(lines);
  if ("flaws" in read) return read;
  const parted = partsOf(lines);
  if ("missing" in parted)
    return flawed(lines.length - 1, `The line \`${parted.missing}\` is not where it belongs.`, issueAgain);
  const { parts } = parted;
  const refused = [
    ...refusedAt("remediation", lines, parts.remediation),
    ...refusedAt("sign-off", lines, parts.signOff),
  ];
  const [first, ...more] = refused;
  if (first) return { flaws: [first, ...more] };
  const proven = withProof(read.data, fencesIn(lines, parts.head));
  if ("unreadable" in proven)
    return flawed(
      proven.at ?? parts.head.end - 1,
      `The data of the document places here ${proven.unreadable}; this cannot be read as that.`,
      issueAgain,
    );
  const { tool, verifiedAt, verifier, phase, title, plan, after, owns, migrations } = read.data;
  const document: VerificationDocument = {
    format: 1,
    tool,
    verifiedAt,
    verifier,
    derived: { phase, title, plan, after, owns, migrations, gates: proven.gates },
    remediation: written("remediation", lines, parts.remediation),
    signOff: written("sign-off", lines, parts.signOff),
  };
  const [edit, ...others] = editsOf(lines, parts, render(document)).map(
    ({ message, at }): Flaw => ({ message, help: issueAgain, line: at + 1 }),
  );
  return edit ? { flaws: [edit, ...others] } : { document };
}

/**
 * What a page says of itself, by its data alone: neither its prose nor its proof is looked at, so it is a claim and nothing
 * more. `undefined` where it holds no data.
 */
export function readClaim(text: string): Claim | undefined {
  if (text.length > longest) return undefined;
  const read = readData(linesOf(text));
  if ("flaws" in read) return undefined;
  const { phase, migrations } = read.data;
  return { phase, migrations, status: says({ derived: read.data }) };
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .trimEnd()
    .split("\n");

const flawed = (at: number, message: string, help: string): { readonly flaws: readonly [Flaw] } => ({
  flaws: [{ message, help, line: at + 1 }],
});

function readData(lines: readonly string[]): { readonly data: Data } | { readonly flaws: readonly [Flaw] } {
  const at = lines.lastIndexOf("```json");
  const end = at === -1 ? -1 : lines.indexOf("```", at);
  const value = end === -1 ? undefined : readJson(lines.slice(at + 1, end).join("\n"));
  const format = formatOf(value);
  if (format === undefined)
    return flawed(Math.max(0, at), "The document holds no data that a run could compare.", notWritten);
  if (typeof format !== "number" || !Number.isInteger(format) || format < 1)
    return flawed(
      at,
      `The data of the document has the format ${oneLine(JSON.stringify(format))}, which there is none of.`,
      notWritten,
    );
  if (format > 1)
    return flawed(
      at,
      `The document has format ${format}, written by a newer Phasegate; this one reads format 1.`,
      "Upgrade Phasegate.",
    );
  const parsed = dataSchema.safeParse(value);
  if (parsed.success) return { data: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? ` at \`${oneLine(issue.path.join("."), 60)}\`` : "";
  return flawed(
    at,
    `The data of the document is none that Phasegate writes${where}: ${oneLine(issue?.message ?? "")}.`,
    issueAgain,
  );
}

const formatOf = (value: Json | undefined): Json | undefined =>
  typeof value === "object" && value !== null && "format" in value ? value.format : undefined;

function refusedAt(block: FreeBlock, lines: readonly string[], { start, end }: Range): readonly Flaw[] {
  const refused = refusedIn(block, lines.slice(start, end));
  return refused ? [{ message: refused.message, help: refused.help, line: start + refused.at + 1 }] : [];
}

/** What people wrote; the lines that were only offered to them are nothing. */
function written(block: FreeBlock, lines: readonly string[], { start, end }: Range): string {
  const inside = lines.slice(start, end);
  const first = inside.findIndex((line) => line.trim() !== "");
  if (first === -1) return "";
  const last = inside.findLastIndex((line) => line.trim() !== "");
  const text = inside.slice(first, last + 1).join("\n");
  return text.trimEnd() === offered[block] ? "" : text;
}
