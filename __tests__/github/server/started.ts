import { afterEach } from "@jest/globals";
import { Octokit } from "@octokit/rest";
import { type FakeGitHub, fakeGitHub } from "./fake-github.ts";
import { pullRequest, secret, sha } from "./records.ts";
import type { State } from "./state.ts";

/** What the tests of the fake itself start from. */

export const repo = { owner: "ada", repo: "shop" };
export const head = sha("b");

const open: FakeGitHub[] = [];

/** A fake with one pull request, 7; it is closed after the test, which fails where breaches are left. */
export const start = async (told: Partial<State> = {}): Promise<FakeGitHub> => {
  const github = await fakeGitHub({ pulls: [pullRequest({ number: 7, head: { ref: "work", sha: head } })], ...told });
  open.push(github);
  return github;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((github) => github.close()));
});

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The real client, without plugins that try again; `""` for nobody's. */
export const client = (github: FakeGitHub, auth: string = secret): Octokit =>
  new Octokit({ baseUrl: github.url, log: silent, ...(auth === "" ? {} : { auth }) });

/** With which status and words a request was refused. */
export const refusal = async (
  request: Promise<unknown>,
): Promise<{ readonly status: number; readonly message: string }> => {
  const error = await request.then(
    () => ({ status: 0, message: "it was accepted" }),
    (reason: { readonly status: number; readonly message: string }) => reason,
  );
  return { status: error.status, message: error.message };
};

/** Annotations on successive lines. */
export const annotations = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    path: "phasegate.yml",
    start_line: from + index + 1,
    end_line: from + index + 1,
    annotation_level: "failure" as const,
    message: `line ${from + index + 1}`,
  }));
