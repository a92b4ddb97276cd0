/** What was sent and what came back, of a check that does not hold: as much of it as people read. */

import type { CheckResult, Evidence } from "../model/report.ts";

/** Characters of SQL or files, and of what was seen. */
const mostLooked = 3000;
const mostSeen = 2000;

export interface Executed {
  readonly looked: string;
  readonly seen: string;
}

/** Of the first look that does not hold; absent where there was nothing to look at. */
export function executed({ observations }: Pick<CheckResult, "observations">): Executed | undefined {
  const found = observations.find(({ verdict }) => verdict.status !== "passed")?.evidence;
  return found && { looked: beginning(found.looked.join("\n"), mostLooked), seen: beginning(seenOf(found), mostSeen) };
}

const seenOf = ({ observed }: Evidence): string => JSON.stringify(observed, null, 2);

function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most).toWellFormed();
  return `${kept}\n… (${text.length - most} more characters)`;
}
