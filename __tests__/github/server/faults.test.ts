import { expect, test } from "@jest/globals";
import type { FakeGitHub } from "./fake-github.ts";
import { type Fault, faults } from "./faults.ts";
import { secret } from "./records.ts";
import { client, refusal, repo, start } from "./started.ts";

const endpoint = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const post = (github: FakeGitHub): Promise<unknown> =>
  client(github).rest.issues.createComment({ ...repo, issue_number: 7, body: "x" });
const raw = (github: FakeGitHub): Promise<Response> =>
  fetch(`${github.url}/repos/ada/shop/issues/7/comments`, {
    method: "POST",
    headers: { authorization: `token ${secret}` },
    body: `{"body":"x"}`,
  });

test.each<readonly [Fault["kind"], number, string]>([
  ["forbidden", 403, "Resource not accessible by integration"],
  ["not-found", 404, "Not Found"],
  ["refused", 422, "Validation Failed"],
  ["too-many-requests", 429, "Too many requests"],
  ["secondary-limit", 403, "You have exceeded a secondary rate limit"],
  ["primary-limit", 403, "API rate limit exceeded"],
  ["server-error", 500, "Server Error"],
  ["bad-gateway", 502, "<title>Unicorn!"],
  ["garbage", 200, `{"id": 1, "name": "pha`],
])("%s is answered once", async (kind, status, words) => {
  const github = await start();
  const fault: Fault = faults[kind];
  github.fault(endpoint, fault);
  const response = await raw(github);
  expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(words)]);
  const waits = "retryAfterS" in fault ? String(fault.retryAfterS) : null;
  expect(response.headers.get("retry-after")).toBe(waits);
  expect(github.state.comments).toEqual([]);
  await post(github);
  expect(github.requests.map((seen) => seen.status)).toEqual([status, 201]);
});

test("a connection is cut, as often as asked", async () => {
  const github = await start();
  github.fault(endpoint, faults.reset, { times: 2 });
  for (const _ of [1, 2]) await expect(raw(github)).rejects.toThrow("fetch failed");
  expect((await raw(github)).status).toBe(201);
  expect(github.requests.map((seen) => seen.status)).toEqual(["reset", "reset", 201]);
});

test("what hangs is never answered, and ends with the server", async () => {
  const github = await start();
  github.fault("*", faults.hanging, { times: "always" });
  const answers = await Promise.race([raw(github), new Promise((resolve) => setTimeout(resolve, 50, "nothing yet"))]);
  expect(answers).toBe("nothing yet");
  const hangs = raw(github);
  hangs.catch(() => {});
  await github.close();
  await expect(hangs).rejects.toThrow("fetch failed");
});

test("the work is done, and the answer is lost", async () => {
  const github = await start();
  github.fault(endpoint, faults["bad-gateway"], { after: true });
  expect(await refusal(post(github))).toMatchObject({ status: 502 });
  expect(github.state.comments).toHaveLength(1);
});

test("one endpoint fails, the others answer", async () => {
  const github = await start();
  github.fault(endpoint, faults["server-error"], { times: "always" });
  for (const _ of [1, 2]) expect(await refusal(post(github))).toMatchObject({ status: 500 });
  expect((await client(github).rest.pulls.get({ ...repo, pull_number: 7 })).status).toBe(200);
});
