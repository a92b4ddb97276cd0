import type { Place } from "../model/report.ts";
import type { Facts, Protection } from "./facts.ts";

/** What a look at a way around the gate gives; nothing, where it is closed. */
export type Sight =
  | {
      /** `advice`: no way around the gate, but less than there could be. */
      readonly status: "open" | "advice";
      /** What was found, and what that lets happen. */
      readonly message: string;
      /** What closes it, in the imperative. */
      readonly help: string;
      /** What to paste. */
      readonly yaml?: string;
      readonly place?: Place;
    }
  /** What could not be read might close it, or not. */
  | { readonly status: "unknown"; readonly because: string };

/** A way around the gate: looks whether it is open. Pure. */
export type Way = (facts: Facts) => readonly Sight[];

/** What is seen unless some protection of the branch closes the way; where one could not be read, nobody knows. */
export function unlessProtected(
  { settings: { protections, unread } }: Facts,
  closes: (protection: Protection) => boolean,
  open: () => readonly Sight[],
): readonly Sight[] {
  if (protections.some(closes)) return [];
  return unread.length > 0 ? [{ status: "unknown", because: unread.join(" ") }] : open();
}

/** Where the settings of a branch are. */
export const inSettings = ({ branch }: Facts): string =>
  `in the ruleset or the branch protection of ${branch} (Settings → Rules, Settings → Branches)`;
