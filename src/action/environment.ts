/** What a runner tells the action, and what nobody after it is to find there. */

import { tmpdir } from "node:os";
import { connect } from "../github/github.ts";
import type { Checkout } from "../target.ts";

export interface Surroundings extends Checkout {
  readonly eventName: string;
  readonly eventFile: string;
  /** `https://github.com/owner/name`, and the run's; absent where a repository is not known. */
  readonly pages?: { readonly repository: string; readonly run: string };
  /** When the run began, in milliseconds. */
  readonly begun: number;
  /** Path of the workflow's file. */
  readonly workflow: string;
  /** A folder that is emptied after the job. */
  readonly temp: string;
}

/** Variables with which something could be done in the name of the job. */
const secrets = [
  "INPUT_GITHUB-TOKEN",
  "GITHUB_TOKEN",
  "GH_TOKEN",
  "ACTIONS_RUNTIME_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
];

/** Takes the token out of the environment, and what else GitHub has put there: no program that is started from here inherits one. */
export function takeToken(env: NodeJS.ProcessEnv): string | undefined {
  const token = env["INPUT_GITHUB-TOKEN"];
  for (const name of secrets) delete env[name];
  return token === "" ? undefined : token;
}

/**
 * Git as the runner has it, and not as an earlier step of the job would have it: nothing that it left in the environment
 * says where origin is. In a container the checkout belongs to another user, and is the one that is meant all the same.
 */
export function ownGit(env: NodeJS.ProcessEnv, root: string): void {
  for (const name of Object.keys(env)) if (name.startsWith("GIT_")) delete env[name];
  Object.assign(env, { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: root });
}

export function surroundings(env: NodeJS.ProcessEnv, token: string | undefined): Surroundings {
  const server = env.GITHUB_SERVER_URL ?? "https://github.com";
  const repository = env.GITHUB_REPOSITORY ?? "";
  const [id, attempt] = [Number(env.GITHUB_RUN_ID ?? 0), Number(env.GITHUB_RUN_ATTEMPT ?? 1)];
  return {
    root: env.GITHUB_WORKSPACE ?? process.cwd(),
    eventName: env.GITHUB_EVENT_NAME ?? "",
    eventFile: env.GITHUB_EVENT_PATH ?? "",
    sha: env.GITHUB_SHA ?? "",
    ref: env.GITHUB_REF ?? "",
    ...(repository === "" ? {} : { pages: pagesOf(`${server}/${repository}`, id, attempt) }),
    begun: Date.now(),
    // `owner/name/.github/workflows/a.yml@refs/heads/main`
    workflow: (env.GITHUB_WORKFLOW_REF ?? "").replace(`${repository}/`, "").replace(/@.*$/, ""),
    temp: env.RUNNER_TEMP ?? tmpdir(),
    github:
      token === undefined ? undefined : connect(token, repository, env.GITHUB_API_URL ?? "https://api.github.com"),
    credentials: token === undefined ? undefined : { server, token },
  };
}

const pagesOf = (repository: string, id: number, attempt: number) => ({
  repository,
  run: `${repository}/actions/runs/${id}/attempts/${attempt}`,
});
