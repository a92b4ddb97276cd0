import { commentAnswer } from "../answers/comment.ts";
import { refusesComment } from "../limits.ts";
import { listed } from "../pages.ts";
import { type Answer, answer, type Call, notFound, type Routes, refused } from "../route.ts";
import type { Comment } from "../state.ts";

/**
 * All conversations of the state are of pull requests. GitHub says of them that `issues: write` is accepted too, and
 * then answers 403 to it: github.com/LearningCircuit/local-deep-research/pull/3950, indexable-inc/index/issues/582.
 */
const writes = {
  needs: "pull-requests: write",
  accepted: "issues=write; pull_requests=write",
} as const;
const reads = { needs: "pull-requests: read", accepted: "issues=read; pull_requests=read" } as const;

const bodyIn = (call: Call): string => (call.body as { readonly body: string }).body;

const withComment = (call: Call, then: (comment: Comment) => Answer): Answer => {
  const found = call.state.comments.find((one) => one.id === Number(call.path.comment_id));
  return found === undefined ? notFound() : then(found);
};

const create = (call: Call): Answer => {
  const { state, token, now } = call;
  const pull = state.pulls.find((one) => one.number === Number(call.path.issue_number));
  if (pull === undefined || token === undefined) return notFound();
  if (pull.locked) return refused(403, "Unable to create comment because issue is locked.");
  const made: Comment = {
    id: call.newId(),
    pull: pull.number,
    login: token.login,
    body: bodyIn(call),
    createdAt: now,
    updatedAt: now,
    visibleFrom: call.turn + state.commentLag + 1,
  };
  state.comments.push(made);
  const shown = commentAnswer(call, made);
  return answer(201, shown, { location: shown.url });
};

export const commentRoutes = {
  "GET /repos/{owner}/{repo}/issues/{issue_number}/comments": {
    ...reads,
    answer: (call) => {
      const number = Number(call.path.issue_number);
      if (!call.state.pulls.some((pull) => pull.number === number)) return notFound();
      const since = call.query.get("since") ?? "";
      const comments = call.state.comments
        .filter((one) => one.pull === number && one.visibleFrom <= call.turn && one.updatedAt >= since)
        .sort((one, other) => one.id - other.id);
      return listed(call, comments, (one) => commentAnswer(call, one));
    },
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments": {
    ...writes,
    creates: true,
    refuses: refusesComment,
    answer: create,
  },
  "GET /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    ...reads,
    answer: (call) => withComment(call, (comment) => answer(200, commentAnswer(call, comment))),
  },
  "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    ...writes,
    refuses: refusesComment,
    answer: (call) =>
      withComment(call, (comment) => {
        comment.body = bodyIn(call);
        comment.updatedAt = call.now;
        return answer(200, commentAnswer(call, comment));
      }),
  },
  "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}": {
    ...writes,
    answer: (call) =>
      withComment(call, (comment) => {
        call.state.comments = call.state.comments.filter((one) => one !== comment);
        return answer(204);
      }),
  },
} as const satisfies Routes;
