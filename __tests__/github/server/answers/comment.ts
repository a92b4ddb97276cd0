import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Comment } from "../state.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";
import { userAnswer } from "./user.ts";

type CommentAnswer = RestEndpointMethodTypes["issues"]["getComment"]["response"]["data"];

export const commentAnswer = (site: Site, comment: Comment): CommentAnswer => ({
  id: comment.id,
  node_id: `IC_${comment.id}`,
  url: `${repositoryUrl(site)}/issues/comments/${comment.id}`,
  html_url: `${repositoryPage(site)}/pull/${comment.pull}#issuecomment-${comment.id}`,
  issue_url: `${repositoryUrl(site)}/issues/${comment.pull}`,
  user: userAnswer(site, comment.login),
  body: comment.body,
  created_at: comment.createdAt,
  updated_at: comment.updatedAt,
  author_association: comment.login.endsWith("[bot]") ? "NONE" : "CONTRIBUTOR",
});
