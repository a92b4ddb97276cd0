import { mayRead } from "./access.ts";
import { execute, type ObjectValue, QueryMistake, type Value } from "./graphql.ts";
import { queueValue } from "./merge-queue.ts";
import { type Answer, answer } from "./route.ts";
import type { State, Token } from "./state.ts";

/** An error that GitHub reports beside the data; what it concerns is null. */
interface Told {
  readonly type: "NOT_FOUND" | "FORBIDDEN";
  readonly path: readonly string[];
  readonly message: string;
}

const root = (state: State, token: Token, told: Told[]): ObjectValue => {
  const repository: ObjectValue = {
    type: "Repository",
    fields: {
      mergeQueue: {
        arguments: ["branch"],
        value: ({ branch }) => {
          // GitHub documents no permission for it; what is in the queue are pull requests.
          if (!mayRead(state, token, "pull-requests")) {
            told.push({
              type: "FORBIDDEN",
              path: ["repository", "mergeQueue"],
              message: "Resource not accessible by integration",
            });
            return null;
          }
          const entries = state.queues[typeof branch === "string" ? branch : state.defaultBranch];
          return entries === undefined ? null : queueValue(state, entries);
        },
      },
    },
  };
  return {
    type: "Query",
    fields: {
      viewer: { value: () => ({ type: "User", fields: { login: { value: () => token.login } } }) },
      repository: {
        arguments: ["owner", "name"],
        value: ({ owner, name }) => {
          const asked = `${owner}/${name}`;
          if (asked.toLowerCase() === `${state.owner}/${state.name}`.toLowerCase()) return repository;
          told.push({
            type: "NOT_FOUND",
            path: ["repository"],
            message: `Could not resolve to a Repository with the name '${asked}'.`,
          });
          return null;
        },
      },
    },
  };
};

interface Sent {
  readonly query: string;
  readonly variables?: { readonly [name: string]: Value };
}

/**
 * The answer to a GraphQL query: for the merge queue of a branch, or for who asks; nothing else is known. Throws a
 * `QueryMistake` where GitHub would refuse the query.
 */
export const graphqlAnswer = (state: State, token: Token, body: unknown): Answer => {
  const { query, variables = {} } = body as Sent;
  if (typeof query !== "string") throw new QueryMistake("A query attribute must be specified and must be a string.");
  const told: Told[] = [];
  const data = execute(query, variables, root(state, token, told));
  return answer(200, told.length > 0 ? { data, errors: told } : { data });
};
