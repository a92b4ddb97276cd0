import { badCredentials, denied } from "./access.ts";
import { type Contract, contract } from "./description.ts";
import { QueryMistake } from "./graphql.ts";
import { graphqlAnswer } from "./query.ts";
import type { Rates } from "./rate.ts";
import { type Answer, answer, notFound, refused } from "./route.ts";
import { type KnownEndpoint, type Match, type RestEndpoint, routeOf } from "./routes.ts";
import type { State, Token } from "./state.ts";

export interface Asked {
  readonly match: Match<KnownEndpoint>;
  readonly target: URL;
  readonly token: Token | undefined | "unknown";
  /** Undefined where none was sent. */
  readonly body: unknown;
  /** The number of this request. */
  readonly turn: number;
}

/** Writes down that something is not as GitHub describes it, and gives the answer that says so. */
export type Breach = (status: 400 | 500, sentence: string) => Answer;

const firstId = 1_000_001;

/** Answers requests from the state, as GitHub would; every request and every answer is held against its description. */
export const answering = (state: State, rate: Rates, breach: Breach): ((asked: Asked) => Answer) => {
  let nextId = firstId;
  const newId = (): number => nextId++;

  const graphql = (token: Token | undefined, body: unknown): Answer => {
    if (token === undefined) return refused(401, "This endpoint requires you to be authenticated.");
    const limited = rate.count(false);
    if (limited) return limited;
    try {
      return graphqlAnswer(state, token, body);
    } catch (error) {
      if (!(error instanceof QueryMistake)) throw error;
      breach(400, `POST /graphql, as far as this fake knows it: ${error.message}`);
      return answer(200, { errors: [{ message: error.message }] });
    }
  };

  const rest = (asked: Asked, endpoint: RestEndpoint, described: Contract, token: Token | undefined): Answer => {
    const route = routeOf(endpoint);
    const { path } = asked.match;
    const query = asked.target.searchParams;
    const refusal = route.refuses?.(asked.body);
    // What is too long for GitHub is so for its description too, in part; then its own words are the better answer.
    const wrong = refusal ? [] : described.mistakesInRequest({ path, query, body: asked.body });
    if (wrong.length > 0) return breach(400, `${endpoint}: ${wrong.join("; ")}`);
    const limited = rate.count(route.creates === true);
    if (limited) return limited;
    const repository = `${path.owner ?? state.owner}/${path.repo ?? state.name}`.toLowerCase();
    if (repository !== `${state.owner}/${state.name}`.toLowerCase()) return notFound();
    const denial = denied(state, token, route);
    if (denial) return denial;
    if (refusal) return refused(422, refusal);
    const now = state
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
    const { target, body, turn } = asked;
    return route.answer({ api: target.origin, state, path, query, target, body, token, turn, now, newId });
  };

  const documented = (endpoint: RestEndpoint, described: Contract, given: Answer): Answer => {
    const isError = given.status >= 400;
    const body = isError ? { ...(given.body as object), documentation_url: described.documentation } : given.body;
    // As it is sent: without what is undefined.
    const sent: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body));
    const wrong = described.mistakesInAnswer(given.status, sent);
    if (wrong.length === 0) return { ...given, body };
    return breach(500, `the answer ${given.status} to ${endpoint} is not as described: ${wrong.join("; ")}`);
  };

  return (asked) => {
    const { endpoint } = asked.match;
    if (asked.token === "unknown") return badCredentials;
    if (endpoint === "POST /graphql") return graphql(asked.token, asked.body);
    const described = contract(endpoint);
    if (described === undefined) return breach(500, `this fake knows ${endpoint}, which is not in GitHub's API`);
    return documented(endpoint, described, rest(asked, endpoint, described, asked.token));
  };
};
