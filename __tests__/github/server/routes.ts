import type { Endpoint } from "./description.ts";
import { notFound, type Route } from "./route.ts";
import { actionRoutes } from "./routes/actions.ts";
import { checkRunRoutes } from "./routes/check-runs.ts";
import { commentRoutes } from "./routes/comments.ts";
import { pullRoutes } from "./routes/pulls.ts";
import { repositoryRoutes } from "./routes/repository.ts";
import { ruleRoutes } from "./routes/rules.ts";

const routes = {
  ...repositoryRoutes,
  ...ruleRoutes,
  ...pullRoutes,
  ...checkRunRoutes,
  ...commentRoutes,
  ...actionRoutes,
};

/** An endpoint of the REST API that the fake knows. */
export type RestEndpoint = keyof typeof routes;

export type KnownEndpoint = RestEndpoint | "POST /graphql";

export const restEndpoints = Object.keys(routes) as readonly RestEndpoint[];

/** What the fake does at an endpoint; GraphQL, which is no part of the REST API, decides itself whom it answers. */
export const routeOf = (endpoint: KnownEndpoint): Route =>
  endpoint === "POST /graphql" ? { needs: "metadata: read", answer: () => notFound() } : routes[endpoint];

/** What GitHub lets hold slashes that are not encoded. */
const long = new Set(["ref", "branch", "basehead"]);

const literal = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&");

const expression = (template: string): RegExp =>
  new RegExp(
    `^${literal(template).replaceAll(/\{(\w+)\}/g, (_, name) => `(?<${name}>${long.has(name) ? ".+" : "[^/]+"})`)}$`,
  );

const named = (
  endpoint: Endpoint,
  method: string,
  pathname: string,
): { readonly [name: string]: string } | undefined => {
  const [itsMethod, template = ""] = endpoint.split(" ");
  if (itsMethod !== method) return undefined;
  const found = expression(template).exec(pathname);
  if (found === null) return undefined;
  return Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]));
};

export interface Match<E extends Endpoint> {
  readonly endpoint: E;
  readonly path: { readonly [name: string]: string };
}

/** Which of some endpoints a request is for, and what its path says. The longest template that fits is meant. */
export const matched = <E extends Endpoint>(
  candidates: readonly E[],
  method: string,
  pathname: string,
): Match<E> | undefined =>
  candidates
    .flatMap((endpoint) => {
      const path = named(endpoint, method, pathname);
      return path === undefined ? [] : [{ endpoint, path }];
    })
    .sort((one, other) => other.endpoint.split("/").length - one.endpoint.split("/").length)[0];

/** The endpoint that a request is for; undefined where the fake knows none such. */
export const matchOf = (method: string, pathname: string): Match<KnownEndpoint> | undefined =>
  method === "POST" && pathname === "/graphql"
    ? { endpoint: "POST /graphql", path: {} }
    : matched(restEndpoints, method, pathname);
