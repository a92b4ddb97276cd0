import type { RestEndpointMethodTypes } from "@octokit/rest";
import { annotationAnswer, checkRunAnswer } from "../answers/check-run.ts";
import { repositoryPage } from "../answers/repository.ts";
import { commitOf } from "../commits.ts";
import { refusesCheckRun } from "../limits.ts";
import { listed } from "../pages.ts";
import { type Answer, answer, type Call, notFound, type Routes, refused } from "../route.ts";
import type { CheckRun } from "../state.ts";

type Sent = Partial<RestEndpointMethodTypes["checks"]["create"]["parameters"]>;

const withCheck = (call: Call, then: (check: CheckRun) => Answer): Answer => {
  const found = call.state.checkRuns.find((one) => one.id === Number(call.path.check_run_id));
  return found === undefined ? notFound() : then(found);
};

/** Takes over what was sent. A conclusion completes a check-run; annotations are added to those that it has. */
const change = (check: CheckRun, call: Call): void => {
  const sent = call.body as Sent;
  check.name = sent.name ?? check.name;
  check.externalId = sent.external_id ?? check.externalId;
  check.detailsUrl = sent.details_url ?? check.detailsUrl;
  check.startedAt = sent.started_at ?? check.startedAt;
  if (sent.status !== undefined && sent.status !== "completed") {
    check.status = sent.status as CheckRun["status"];
    check.conclusion = null;
    check.completedAt = null;
  }
  if (sent.conclusion !== undefined) {
    check.status = "completed";
    // `stale` can be sent and is not among what GitHub's description says that it answers.
    check.conclusion = sent.conclusion as NonNullable<CheckRun["conclusion"]>;
    check.completedAt = sent.completed_at ?? call.now;
  }
  if (sent.output === undefined) return;
  check.title = sent.output.title ?? check.title;
  check.summary = sent.output.summary;
  check.text = sent.output.text ?? check.text;
  check.annotations.push(...(sent.output.annotations ?? []));
};

const create = (call: Call): Answer => {
  const app = call.token?.app;
  if (app === undefined) return refused(403, "You must authenticate via a GitHub App.");
  const { head_sha = "" } = call.body as Sent;
  if (commitOf(call, head_sha) !== head_sha) return refused(422, `No commit found for SHA: ${head_sha}`);
  const id = call.newId();
  const check: CheckRun = {
    id,
    name: "",
    headSha: head_sha,
    status: "queued",
    conclusion: null,
    externalId: "",
    detailsUrl: `${repositoryPage(call)}/runs/${id}`,
    startedAt: call.now,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    app,
  };
  change(check, call);
  call.state.checkRuns.push(check);
  return answer(201, checkRunAnswer(call, check));
};

const update = (call: Call): Answer =>
  withCheck(call, (check) => {
    const app = call.token?.app;
    if (app === undefined) return refused(403, "You must authenticate via a GitHub App.");
    if (app.id !== check.app.id) {
      return refused(
        403,
        `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
      );
    }
    change(check, call);
    return answer(200, checkRunAnswer(call, check));
  });

const list = (call: Call): Answer => {
  const { ref = "" } = call.path;
  const sha = commitOf(call, ref);
  if (sha === undefined) return refused(422, `No commit found for SHA: ${ref}`);
  const asked = (name: string, value: string | number): boolean => [null, String(value)].includes(call.query.get(name));
  const found = call.state.checkRuns
    .filter((check) => check.headSha === sha)
    .filter((check) => asked("check_name", check.name) && asked("app_id", check.app.id))
    .filter((check) => asked("status", check.status))
    .sort((one, other) => other.id - one.id);
  // `latest`, the default, hides all but the newest of an App's check-runs of one name.
  const latest = found.filter(
    (check, index) => found.findIndex((other) => other.name === check.name && other.app.id === check.app.id) === index,
  );
  return listed(
    call,
    call.query.get("filter") === "all" ? found : latest,
    (check) => checkRunAnswer(call, check),
    (check_runs, total_count) => ({ total_count, check_runs }),
  );
};

export const checkRunRoutes = {
  "POST /repos/{owner}/{repo}/check-runs": {
    needs: "checks: write",
    creates: true,
    refuses: refusesCheckRun,
    answer: create,
  },
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}": {
    needs: "checks: read",
    answer: (call) => withCheck(call, (check) => answer(200, checkRunAnswer(call, check))),
  },
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": {
    needs: "checks: write",
    refuses: refusesCheckRun,
    answer: update,
  },
  "GET /repos/{owner}/{repo}/commits/{ref}/check-runs": { needs: "checks: read", answer: list },
  "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations": {
    needs: "checks: read",
    answer: (call) =>
      withCheck(call, (check) =>
        listed(call, check.annotations, (annotation) => annotationAnswer(call, check, annotation)),
      ),
  },
} as const satisfies Routes;
