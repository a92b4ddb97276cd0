/** GitHub's API, with what makes it bearable: retries where they help, a limit on waiting, and refusals as values. */

import { getOctokit } from "@actions/github";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import type { Octokit } from "@octokit/rest";

/** One repository of GitHub. */
export interface GitHub {
  readonly owner: string;
  readonly repo: string;
  readonly octokit: Pick<Octokit, "rest" | "paginate" | "graphql">;
}

export interface Patience {
  /** A call that has no answer by then, its retries included, has failed. Milliseconds. */
  readonly callMs: number;
  /** The first pause before a retry; the next ones are longer. Milliseconds. */
  readonly retryMs: number;
}

/** What GitHub asks to wait for is waited for up to this. */
const longestWaitSeconds = 10;

export function connect(
  token: string,
  repository: string,
  baseUrl: string,
  { callMs, retryMs }: Patience = { callMs: 15_000, retryMs: 1000 },
): GitHub {
  const [owner = "", repo = ""] = repository.split("/");
  const patient = (retryAfter: number, _options: unknown, _octokit: unknown, retryCount: number): boolean =>
    retryAfter <= longestWaitSeconds && retryCount < 1;
  const octokit = getOctokit(
    token,
    {
      baseUrl,
      userAgent: "phasegate",
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      retry: { retries: 2, retryAfterBaseValue: retryMs },
      throttle: {
        // One after the other for each service, as GitHub asks; without a name of its own, for all of them together.
        id: `${baseUrl} ${repository}`,
        onRateLimit: patient,
        onSecondaryRateLimit: patient,
        retryAfterBaseValue: retryMs,
        fallbackSecondaryRateRetryAfter: longestWaitSeconds,
      },
    },
    retry,
    throttling,
  );
  octokit.hook.before("request", (options) => {
    options.request.signal = AbortSignal.timeout(callMs);
  });
  return { owner, repo, octokit };
}

const nothing = (): void => undefined;

/** Why GitHub did not do what was asked, for people. */
export interface Refusal {
  /** The call is not allowed with this token. */
  readonly isForbidden: boolean;
  /** There was no answer in time. */
  readonly isSilence: boolean;
  readonly words: string;
}

/** @param error of Octokit, or of the network */
export function refusalOf(error: unknown): Refusal {
  const status = error instanceof Error && "status" in error ? Number(error.status) : undefined;
  const said = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const short = said.replace(/ - https:\/\/docs\.github\.com\S*/, "").slice(0, 200);
  if (error instanceof Error && /^(TimeoutError|AbortError)$/.test(error.name))
    return { isForbidden: false, isSilence: true, words: "GitHub does not answer" };
  const isLimit = /rate limit/i.test(said);
  return {
    isSilence: false,
    isForbidden: !isLimit && (status === 401 || status === 403 || status === 404),
    words: status === undefined || status === 500 ? `GitHub: ${short}` : `GitHub answers ${status}: ${short}`,
  };
}
