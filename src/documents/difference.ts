/** Where a document and a run say different things: one line each. Completes "…: the document says …; this run derives …". */
export interface Difference {
  readonly what: string;
  readonly document: string;
  readonly run: string;
  /** The document says that something holds which the run does not bear out; otherwise it is only out of date. */
  readonly claimsMore: boolean;
}

const longest = 100;
const most = 20;

/** One line, cut to fit. */
export function oneLine(text: string, length = longest): string {
  const line = text
    .slice(0, 4 * length)
    .replace(/\s+/g, " ")
    .trim();
  return line.length <= length && text.length <= 4 * length ? line : `${line.slice(0, length - 1).trimEnd()}…`;
}

/** What fits on a screen, the worst first; the rest is counted. */
export function atMost(differences: readonly Difference[]): readonly Difference[] {
  const sorted = differences.toSorted((a, b) => Number(b.claimsMore) - Number(a.claimsMore));
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most);
  return [
    ...sorted.slice(0, most),
    {
      what: `${rest.length} more ${rest.length === 1 ? "place" : "places"}`,
      document: "one thing",
      run: "another",
      claimsMore: rest.some(({ claimsMore }) => claimsMore),
    },
  ];
}
