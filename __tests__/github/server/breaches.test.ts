import { expect, test } from "@jest/globals";
import type { Octokit } from "@octokit/rest";
import { fakeGitHub } from "./fake-github.ts";
import { client, head, refusal, repo, start } from "./started.ts";

const request =
  (route: string, more: object = {}) =>
  (octokit: Octokit) =>
    octokit.request(route, { ...repo, ...more });

test.each<readonly [string, (octokit: Octokit) => Promise<unknown>, string]>([
  ["an unknown path", request("GET /repos/ada/shop/gates"), "GET /repos/ada/shop/gates is not in GitHub's API"],
  ["a path that the fake does not know", request("GET /repos/{owner}/{repo}/labels"), "this fake does not know it"],
  ["a method", request("PUT /repos/{owner}/{repo}/check-runs"), "PUT /repos/ada/shop/check-runs is not in"],
  ["a parameter", request("GET /repos/{owner}/{repo}/pulls/7/reviews", { state: "x" }), "there is no parameter state"],
  ["a number that is none", request("GET /repos/{owner}/{repo}/pulls/x"), "pull_number: it must be integer"],
  ["a word", request("GET /repos/{owner}/{repo}/commits/main/check-runs", { filter: "new" }), "(latest, all)"],
  ["a body that lacks something", request("POST /repos/{owner}/{repo}/check-runs", { name: "x" }), "'head_sha'"],
  [
    "a property that nobody knows",
    request("POST /repos/{owner}/{repo}/check-runs", { name: "x", head_sha: head, externalId: "1" }),
    "must NOT have additional properties (externalId)",
  ],
  ["another query", (octokit) => octokit.graphql("{ viewer { age } }"), "Field 'age' doesn't exist on type 'User'"],
  [
    "a query without a limit",
    (octokit) =>
      octokit.graphql(`{ repository(owner: "ada", name: "shop") { mergeQueue { entries { totalCount } } } }`),
    "You must provide a `first` or `last` value",
  ],
])("%s", async (_, ask, sentence) => {
  const github = await start({ queues: { main: [] } });
  expect((await refusal(ask(client(github)))).message).not.toBe("it was accepted");
  expect(github.breaches.splice(0)).toEqual([expect.stringContaining(sentence)]);
});

test("so is an answer of the fake that GitHub would not give, and a test that leaves a breach fails", async () => {
  const github = await fakeGitHub({ defaultBranch: 1 as unknown as string });
  expect(await refusal(client(github).rest.repos.get(repo))).toMatchObject({ status: 500 });
  await expect(github.close()).rejects.toThrow("/default_branch must be string");
});
