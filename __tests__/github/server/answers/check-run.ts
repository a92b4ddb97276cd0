import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Site } from "../route.ts";
import type { Annotation, CheckRun } from "../state.ts";
import { minimalPullAnswers } from "./pull-request.ts";
import { repositoryPage, repositoryUrl } from "./repository.ts";
import { appAnswer, idOf } from "./user.ts";

type CheckRunAnswer = RestEndpointMethodTypes["checks"]["get"]["response"]["data"];
type AnnotationAnswer = RestEndpointMethodTypes["checks"]["listAnnotations"]["response"]["data"][number];

export const checkRunAnswer = (site: Site, check: CheckRun): CheckRunAnswer => {
  const url = `${repositoryUrl(site)}/check-runs/${check.id}`;
  return {
    id: check.id,
    node_id: `CR_${check.id}`,
    name: check.name,
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: `${repositoryPage(site)}/runs/${check.id}`,
    details_url: check.detailsUrl,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    // One suite for all that an App says of a commit.
    check_suite: { id: idOf(`${check.app.id} ${check.headSha}`) },
    app: appAnswer(site, check.app),
    pull_requests: minimalPullAnswers(site, check.headSha),
  };
};

export const annotationAnswer = (site: Site, check: CheckRun, annotation: Annotation): AnnotationAnswer => ({
  path: annotation.path,
  blob_href: `${repositoryPage(site)}/blob/${check.headSha}/${annotation.path}`,
  start_line: annotation.start_line,
  end_line: annotation.end_line,
  start_column: annotation.start_column ?? null,
  end_column: annotation.end_column ?? null,
  annotation_level: annotation.annotation_level,
  title: annotation.title ?? null,
  message: annotation.message,
  raw_details: annotation.raw_details ?? null,
});
