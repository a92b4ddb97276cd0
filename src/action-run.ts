/** Composition root: a run of the GitHub Action, from its event to its verdict. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getInput, saveState, setFailed, setOutput, summary, warning } from "@actions/core";
import { ownGit, surroundings, takeToken } from "./action/environment.ts";
import { progressLog, say, sentence } from "./action/log.ts";
import { planPath } from "./command/plan-path.ts";
import { exitCode, progressText, providerOf } from "./command/run.ts";
import { beginCheck, concludeCheck } from "./github/check-run.ts";
import { roomOf, writeComment } from "./github/comment.ts";
import { eventOf } from "./github/event.ts";
import { posting, warningOf } from "./github/publish.ts";
import { pullRequest } from "./github/pull-requests.ts";
import { rerunFailed } from "./github/rerun.ts";
import { type Judgement, judge } from "./judge.ts";
import { checkOutput } from "./report/check-output.ts";
import { comment } from "./report/comment.ts";
import { json } from "./report/json.ts";
import { jobSummary } from "./report/markdown.ts";
import type { Shown } from "./report/shown.ts";
import { tipAtOrigin } from "./repository/remote.ts";
import { type NoTarget, type Target, targetOf } from "./target.ts";

/** GitHub takes 1 MiB for the summary of a step. */
const summaryBytes = 1024 * 1024 - 1;

const token = takeToken(process.env);
const around = surroundings(process.env, token);
ownGit(process.env, around.root);
const plan = planPath(getInput("plan"), around.root);
const { github } = around;
const post = posting(github);

/** Judges, and tells it wherever it may. */
async function verdict({ questions, head, branch, pull, notes }: Target, isReview: boolean): Promise<void> {
  const check = isAsked("check-run")
    ? await post.attempt("the check-run", "checks", (to) =>
        beginCheck(to, {
          name: `phasegate report (${plan}, ${branch})`,
          externalId: `phasegate:${plan}:${branch}`,
          begun: around.begun,
          head,
          details: around.pages?.run,
        }),
      )
    : undefined;
  if (check) saveState("check", check);

  const judged = await answerTo(questions);
  const told = [...notes, ...guardsAltered(judged)];
  if (isReview && exitCode(judged) === 0) told.push(...(await turned(head)));
  const now = pull && (await headNow(pull.number));
  const hasMoved = now !== undefined && now !== head;
  if (hasMoved) told.push(`Meanwhile the pull request is at ${now.slice(0, 10)}, which this is no verdict on.`);
  if (pull) told.push(...baseMoved(questions[0]));
  const shown = shownAt(head, told);

  if (check) {
    const conclusion = exitCode(judged) === 0 ? "success" : "failure";
    const done = await post.attempt("the check-run", "checks", (to) =>
      concludeCheck(to, check, conclusion, checkOutput(judged, plan, shown)),
    );
    if (done !== undefined) saveState("concluded", "true");
  }
  // The run for what was pushed since writes it.
  if (pull && !hasMoved && isAsked("comment")) {
    const identity = { number: pull.number, plan, begun: around.begun };
    await post.attempt("the comment", "pull-requests", (to) =>
      writeComment(to, identity, comment(judged, plan, shown, roomOf(identity))),
    );
  }
  const unposted = warningOf(post.failures, pull?.isFork ?? false);
  if (unposted !== undefined) warning(unposted);
  await end(judged, shown);
}

/** The first answer that is not in order, or the last. */
async function answerTo(questions: Target["questions"]): Promise<Judgement> {
  let answer: Judgement = await asked(questions[0]);
  for (const question of questions.slice(1)) {
    if (exitCode(answer) !== 0) break;
    answer = await asked(question);
  }
  return answer;
}

const progress = progressLog((line) => process.stdout.write(line));

const asked = ({ base, approvals }: Target["questions"][0]): Promise<Judgement> =>
  judge({
    root: around.root,
    plan,
    postgres: providerOf(getInput("postgres")),
    base,
    documents: "asked",
    phases: [],
    env: process.env,
    approvals,
    // A node_modules that is found from here may be that of the checkout, and so the change's.
    packages: "pinned",
    onProgress: (told) => {
      if (told.kind !== "written") progress(progressText(told)[0]);
    },
  });

/** Whether the target branch has gone on while a pull request was judged. */
function baseMoved({ base }: Target["questions"][0]): readonly string[] {
  if (base.kind !== "commits") return [];
  const tip = tipAtOrigin(around.root, `refs/heads/${base.name}`, around.credentials);
  return "none" in tip || tip.commit === base.base
    ? []
    : [`Meanwhile ${base.name} is at ${tip.commit.slice(0, 10)}; this is judged against ${base.base.slice(0, 10)}.`];
}

/** What decides whether this job runs at all is a part of the change like everything else: nobody is to overlook it. */
function guardsAltered(judged: Judgement): readonly string[] {
  const changed = judged.status === "judged" ? judged.changed : [];
  const guards = changed.filter((path) => /^(\.github\/(workflows|actions)\/|(.*\/)?CODEOWNERS$)/.test(path));
  return guards.length === 0
    ? []
    : [`This change alters ${guards.join(", ")}: what runs, and who has to review it, is decided there.`];
}

/** A review has turned the verdict; the job of the pull request that failed has to say so too. */
async function turned(head: string): Promise<readonly string[]> {
  const page = await post.attempt("a re-run", "actions", (to) => rerunFailed(to, around.workflow, head));
  const failed = post.failures.some(({ what }) => what === "a re-run");
  if (failed)
    return [
      "The job that failed before this review could not be started again: re-run its failed jobs on the page of checks.",
    ];
  return page === undefined ? [] : ["The job that failed before this review runs again."];
}

/** Where the pull request is by now; `undefined` where GitHub does not say. */
async function headNow(number: number): Promise<string | undefined> {
  try {
    return github ? (await pullRequest(github, number)).head : undefined;
  } catch {
    return undefined; // The verdict is on the commit that it names, whatever came after it.
  }
}

/** Says what came of it in the log, the summary and the outputs; the status of the job is the verdict. */
async function end(judged: Judgement, shown: Shown): Promise<void> {
  say(judged);
  await summary.addRaw(jobSummary(judged, plan, shown, summaryBytes)).write({ overwrite: true });
  setOutput("conclusion", judged.status === "judged" ? judged.report.conclusion : judged.status);
  if (judged.status === "judged") {
    const file = join(around.temp, `${plan.replaceAll("/", "-")}.report.json`);
    writeFileSync(file, json(judged.report));
    setOutput("report", file);
  }
  if (exitCode(judged) === 0) process.exitCode = 0;
  else setFailed(sentence(judged));
}

function shownAt(head: string, notes: readonly string[]): Shown {
  const { pages } = around;
  return pages ? { head, files: `${pages.repository}/blob/${head}`, run: pages.run, notes } : { head, notes };
}

const isAsked = (input: "comment" | "check-run"): boolean => getInput(input) !== "false";

try {
  const event = eventOf(around.eventName, JSON.parse(readFileSync(around.eventFile, "utf8")));
  const target: Target | NoTarget = event.kind === "refused" ? event : await targetOf(event, around);
  if ("reason" in target) await end({ status: "not-judged", ...target }, shownAt(around.sha, []));
  else await verdict(target, event.kind === "pull-request" && event.isReview);
} catch (error) {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  await end({ status: "not-judged", reason }, shownAt(around.sha, []));
}
