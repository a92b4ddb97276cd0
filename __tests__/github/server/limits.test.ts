import { expect, test } from "@jest/globals";
import type { Octokit } from "@octokit/rest";
import { secret, sha, workflowToken } from "./records.ts";
import { annotations, client, head, refusal, repo, start } from "./started.ts";
import type { State, Token } from "./state.ts";

const on = { ...repo, issue_number: 7 };
const check = (more: object) => (octokit: Octokit) =>
  octokit.rest.checks.create({ ...repo, name: "report", head_sha: head, ...more });
const output = (more: object) => check({ output: { title: "t", summary: "s", ...more } });
const annotated = (more: object) => output({ annotations: annotations(1).map((one) => ({ ...one, ...more })) });

test.each<readonly [string, (octokit: Octokit) => Promise<unknown>, string]>([
  [
    "a comment of 65 537 bytes",
    ({ rest }) => rest.issues.createComment({ ...on, body: `ü${"x".repeat(65535)}` }),
    "Body is too long (maximum is 65536 characters)",
  ],
  ["an empty comment", ({ rest }) => rest.issues.createComment({ ...on, body: " " }), "Body can't be blank"],
  [
    "a summary of 65 536 bytes",
    output({ summary: `ü${"x".repeat(65534)}` }),
    "Only 65535 characters are allowed; 65536 were supplied.",
  ],
  ["a text of 65 536 bytes", output({ text: "x".repeat(65536) }), "Only 65535 characters are allowed"],
  ["51 annotations", output({ annotations: annotations(51) }), "No more than 50 items are allowed; 51 were supplied."],
  ["a message over 64 KB", annotated({ message: "x".repeat(65537) }), "Only 65536 characters are allowed"],
  ["details over 64 KB", annotated({ raw_details: "x".repeat(65537) }), "Only 65536 characters are allowed"],
  ["a title of 256 characters", annotated({ title: "x".repeat(256) }), "Only 255 characters are allowed in 'title'"],
  ["line 0", annotated({ start_line: 0 }), "0 is not greater than or equal to 1"],
  ["an end before the start", annotated({ start_line: 3, end_line: 2 }), "must not lie before"],
  ["columns over lines", annotated({ end_line: 2, start_column: 1 }), "on a single line"],
  ["an absolute path", annotated({ path: "/etc/passwd" }), "is not a path in the repository"],
  ["completed without a conclusion", check({ status: "completed" }), `"conclusion" wasn't supplied.`],
  ["no name", check({ name: "" }), "'name' must not be empty"],
  ["details elsewhere", check({ details_url: "file:///tmp" }), "scheme http or https"],
  ["a commit that is not there", check({ head_sha: sha("9") }), `No commit found for SHA: ${sha("9")}`],
])("%s: 422", async (_, ask, message) => {
  const github = await start();
  expect(await refusal(ask(client(github)))).toEqual({ status: 422, message: expect.stringContaining(message) });
  expect([...github.state.comments, ...github.state.checkRuns]).toEqual([]);
});

test("what just fits is accepted", async () => {
  const { rest } = client(await start());
  await rest.issues.createComment({ ...on, body: `ü${"x".repeat(65534)}` });
  const annotation = { path: "a b/c.sql", message: "x".repeat(65536), title: "ü".repeat(255) };
  await annotated(annotation)(client(await start()));
  await rest.checks.create({ ...repo, name: "r", head_sha: head, output: { title: "", summary: "x".repeat(65535) } });
});

const only = (permissions: Token["permissions"]): Partial<State> => ({
  tokens: { [secret]: workflowToken(permissions) },
});
const post = ({ rest }: Octokit) => rest.issues.createComment({ ...on, body: "x" });
const pull = ({ rest }: Octokit) => rest.pulls.get({ ...repo, pull_number: 7 });
const members = ({ rest }: Octokit) => rest.teams.listMembersInOrg({ org: "ada", team_slug: "leads" });
const teams = { teams: { "ada/leads": ["bob"] } };
const person = { tokens: { [secret]: { login: "bob", app: undefined, permissions: { checks: "write" as const } } } };

test.each<readonly [string, Partial<State>, (octokit: Octokit) => Promise<unknown>, number, string]>([
  ["a check without checks: write", only({ checks: "read" }), check({}), 403, "Resource not accessible by integration"],
  ["a comment on a pull request with issues: write", only({ issues: "write" }), post, 403, "Resource not accessible"],
  ["a check by a person", person, check({}), 403, "You must authenticate via a GitHub App."],
  ["a comment by a person", person, post, 403, "Resource not accessible by personal access token"],
  ["a private pull request", { private: true, ...only({}) }, pull, 403, "Resource not accessible by integration"],
  ["a team without members: read", { ...teams, ...only({ contents: "read" }) }, members, 404, "Not Found"],
  ["a secret that is nobody's", { tokens: {} }, pull, 401, "Bad credentials"],
  ["a repository that is not there", { name: "other" }, pull, 404, "Not Found"],
  [
    "more requests than allowed",
    { rate: { limit: 1, remaining: 0, resetsInS: 9 } },
    pull,
    403,
    "API rate limit exceeded",
  ],
  [
    "more content than allowed",
    { content: { perMinute: 0, perHour: 9 } },
    post,
    403,
    "You have exceeded a secondary rate limit",
  ],
])("%s: refused", async (_, state, ask, status, message) => {
  expect(await refusal(ask(client(await start(state))))).toEqual({
    status,
    message: expect.stringContaining(message),
  });
});

test("the permission that is missing is named", async () => {
  const octokit = client(await start(only({})));
  const headers = async (request: Promise<unknown>) =>
    request.catch((error) => error.response.headers["x-accepted-github-permissions"]);
  expect(await headers(check({})(octokit))).toBe("checks=write");
  expect(await headers(post(octokit))).toBe("issues=write; pull_requests=write");
});

test("with the right token, or none where none is needed, it is given", async () => {
  const github = await start({ ...teams, ...only({ members: "read" }) });
  expect((await members(client(github))) as { data: object[] }).toMatchObject({ data: [{ login: "bob" }] });
  expect(await pull(client(github, ""))).toMatchObject({ headers: { "x-ratelimit-remaining": "998" } });
  expect(await refusal(post(client(github, "")))).toEqual({
    status: 401,
    message: expect.stringContaining("Requires"),
  });
});
