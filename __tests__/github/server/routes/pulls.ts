import { pullAnswer, reviewAnswer, simplePullAnswer } from "../answers/pull-request.ts";
import { userAnswer } from "../answers/user.ts";
import { commitOf, pullsOf } from "../commits.ts";
import { listed } from "../pages.ts";
import { answer, type Call, notFound, type Routes, refused } from "../route.ts";
import type { Pull } from "../state.ts";

const pullOf = ({ state, path }: Call): Pull | undefined =>
  state.pulls.find((pull) => pull.number === Number(path.pull_number));

export const pullRoutes = {
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": {
    needs: "pull-requests: read",
    answer: (call) => {
      const pull = pullOf(call);
      return pull === undefined ? notFound() : answer(200, pullAnswer(call, pull));
    },
  },
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews": {
    needs: "pull-requests: read",
    answer: (call) => {
      const pull = pullOf(call);
      if (pull === undefined) return notFound();
      // A pending review is shown to its author alone.
      const reviews = call.state.reviews.filter(
        (one) => one.pull === pull.number && (one.state !== "PENDING" || one.login === call.token?.login),
      );
      return listed(call, reviews, (one) => reviewAnswer(call, one));
    },
  },
  "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls": {
    needs: "pull-requests: read",
    answer: (call) => {
      const { commit_sha = "" } = call.path;
      const sha = commitOf(call, commit_sha);
      if (sha === undefined) return refused(422, `No commit found for SHA: ${commit_sha}`);
      return listed(call, pullsOf(call, sha), (pull) => simplePullAnswer(call, pull));
    },
  },
  "GET /orgs/{org}/teams/{team_slug}/members": {
    needs: "members: read",
    answer: (call) => {
      const members = call.state.teams[`${call.path.org}/${call.path.team_slug}`];
      return members === undefined ? notFound() : listed(call, members, (login) => userAnswer(call, login));
    },
  },
} as const satisfies Routes;
