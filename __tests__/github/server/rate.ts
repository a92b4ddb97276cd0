import { type Answer, refused } from "./route.ts";
import type { State } from "./state.ts";

export const secondaryLimit = (retryAfterS: number): Answer =>
  refused(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to " +
      "GitHub Support for help, please include the request ID 0000:0000:0000.",
    { "retry-after": String(retryAfterS) },
  );

export const primaryLimit = (): Answer => refused(403, "API rate limit exceeded for installation ID 1.");

export interface Rates {
  /** Counts a request; GitHub's no where there were too many. */
  readonly count: (creates: boolean) => Answer | undefined;
  /** What every answer tells of the primary limit. */
  readonly headers: () => Answer["headers"];
}

/** The limits of the state, counted from now on. */
export const rates = (state: State): Rates => {
  const reset = Math.floor(state.now().getTime() / 1000) + state.rate.resetsInS;
  let created: readonly number[] = [];

  const tooMuchContent = (): Answer | undefined => {
    const now = state.now().getTime();
    created = [...created.filter((time) => now - time < 3_600_000), now];
    const lastMinute = created.filter((time) => now - time < 60_000).length;
    const tooMany = lastMinute > state.content.perMinute || created.length > state.content.perHour;
    return tooMany ? secondaryLimit(60) : undefined;
  };

  return {
    count: (creates) => {
      if (state.rate.remaining === 0) return primaryLimit();
      state.rate.remaining -= 1;
      return creates ? tooMuchContent() : undefined;
    },
    headers: () => ({
      "x-ratelimit-limit": String(state.rate.limit),
      "x-ratelimit-remaining": String(state.rate.remaining),
      "x-ratelimit-used": String(state.rate.limit - state.rate.remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": "core",
    }),
  };
};
