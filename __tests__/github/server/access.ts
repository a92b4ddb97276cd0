import { type Answer, notFound, type Refusal, type Route, refused } from "./route.ts";
import type { Permission, State, Token } from "./state.ts";

/** What is not shown to everybody, even of a public repository. */
const neverPublic: ReadonlySet<string> = new Set<Permission>(["administration", "members"]);

/** Who asks: undefined for nobody, `unknown` where the secret is nobody's. */
export const authenticated = (state: State, authorization: string | undefined): Token | undefined | "unknown" => {
  if (authorization === undefined) return undefined;
  const secret = /^(?:token|bearer) (.+)$/i.exec(authorization)?.[1] ?? "";
  return state.tokens[secret] ?? "unknown";
};

/** How GitHub spells permissions in its header. */
export const acceptedBy = (route: Route): string =>
  route.accepted ?? route.needs.replaceAll("-", "_").replace(": ", "=");

/** The 403 of a token that may not do what a route needs. */
export const forbidden = (route: Route, token: Token | undefined): Answer =>
  refused(
    403,
    `Resource not accessible by ${token !== undefined && token.app === undefined ? "personal access token" : "integration"}`,
    { "x-accepted-github-permissions": acceptedBy(route) },
  );

export const badCredentials: Answer = refused(401, "Bad credentials");

const authenticationMissing: Answer = refused(401, { message: "Requires authentication" } satisfies Refusal);

const permits = (token: Token, permission: string, level: string): boolean => {
  if (permission === "metadata") return true;
  const given = token.permissions[permission as Permission];
  return given === "write" || (given !== undefined && given === level);
};

/** Whether somebody may read what a permission opens, in a repository that may be public. */
export const mayRead = (state: State, token: Token | undefined, permission: Permission | "metadata"): boolean =>
  (!state.private && !neverPublic.has(permission)) || (token !== undefined && permits(token, permission, "read"));

/** GitHub's no to somebody who may not do this; undefined where they may. */
export const denied = (state: State, token: Token | undefined, route: Route): Answer | undefined => {
  const [permission = "", level = ""] = route.needs.split(": ");
  if (level === "read" && mayRead(state, token, permission as Permission | "metadata")) return undefined;
  if (token === undefined) return state.private ? notFound() : authenticationMissing;
  if (permits(token, permission, level)) return undefined;
  // GitHub hides teams: GITHUB_TOKEN gets 404, as in github.com/actions/github-script/issues/518.
  return permission === "members" ? notFound() : forbidden(route, token);
};
