/** Composition root: what the runner starts when the job is over. A check-run that was begun and not concluded ends as a failure. */

import { getState, warning } from "@actions/core";
import { surroundings, takeToken } from "./action/environment.ts";
import { abandoned, type BegunCheck, concludeCheck } from "./github/check-run.ts";
import { posting, warningOf } from "./github/publish.ts";

const check = getState("check");
if (check !== "" && getState("concluded") !== "true") {
  // What this program's first half saved.
  const post = posting(surroundings(process.env, takeToken(process.env)).github);
  await post.attempt("the end of the check-run", "checks", (to) =>
    concludeCheck(to, JSON.parse(check) as BegunCheck, "failure", abandoned),
  );
  const unposted = warningOf(post.failures, false);
  if (unposted !== undefined) warning(unposted);
}
