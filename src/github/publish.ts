/** What is only for reading may fail to be posted: that is told once, and never changes a verdict. */

import { type GitHub, type Refusal, refusalOf } from "./github.ts";

export interface Failure {
  /** Completes "could not post": `the comment`. */
  readonly what: string;
  /** As in the `permissions:` of a job. */
  readonly permission: string;
  readonly refusal: Refusal;
}

/** Attempts to post, one after the other, and remembers what did not work. */
export interface Posting {
  /** @returns what came of it; `undefined` where it could not be done, or GitHub cannot be asked at all */
  attempt<Result>(
    what: string,
    permission: string,
    act: (github: GitHub) => Promise<Result>,
  ): Promise<Result | undefined>;
  readonly failures: readonly Failure[];
}

export function posting(github: GitHub | undefined): Posting {
  const failures: Failure[] = [];
  return {
    failures,
    async attempt(what, permission, act) {
      // Who did not answer once is not waited for again.
      if (!github || failures.some(({ refusal }) => refusal.isSilence)) return undefined;
      try {
        return await act(github);
      } catch (error) {
        failures.push({ what, permission, refusal: refusalOf(error) });
        return undefined;
      }
    },
  };
}

/** One warning for everything that could not be posted; `undefined` where everything was. */
export function warningOf(failures: readonly Failure[], isFork: boolean): string | undefined {
  const [first, ...more] = failures;
  if (!first) return undefined;
  const what = `Could not post ${[...new Set([first, ...more].map(({ what }) => what))].join(" and ")}: ${first.refusal.words}. The verdict is the status of this job, and the summary of this run has the whole report.`;
  if (isFork) return `${what} A token for the pull request of a fork can only read, so this is as it should be.`;
  const missing = [
    ...new Set(failures.filter(({ refusal }) => refusal.isForbidden).map(({ permission }) => permission)),
  ];
  if (missing.length === 0) return what;
  return `${what}\nAdd to the job:\n\npermissions:\n  contents: read\n${missing.map((name) => `  ${name}: write\n`).join("")}`;
}
