import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticated, forbidden } from "./access.ts";
import { answering, type Breach } from "./answering.ts";
import { endpoints } from "./description.ts";
import { type Fault, type FaultOptions, faultPlan, faultReply, type Reply, replyOf } from "./faults.ts";
import { rates } from "./rate.ts";
import { quietState } from "./records.ts";
import { type Answer, refused } from "./route.ts";
import { type KnownEndpoint, matched, matchOf, routeOf } from "./routes.ts";
import type { State } from "./state.ts";

/** A request as it arrived. */
export interface Seen {
  readonly method: string;
  /** Undefined where the fake knows no such endpoint. */
  readonly endpoint: KnownEndpoint | undefined;
  /** Path and query. */
  readonly target: string;
  /** Undefined for none; text where it is not JSON. */
  readonly body: unknown;
  /** Who asked; undefined for nobody and for a secret that is nobody's. */
  readonly login: string | undefined;
  /** What was answered; undefined as long as nothing was. */
  readonly status: number | "reset" | "hanging" | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Hook = (seen: Seen) => void | Promise<void>;

export interface FakeGitHub {
  /** Like https://api.github.com; GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Changes take effect with the next request. */
  readonly state: State;
  readonly requests: readonly Seen[];
  /**
   * Sentences about requests that are not what GitHub describes, and answers of the fake that are not. A test that
   * provokes them takes them out.
   */
  readonly breaches: string[];
  /** Makes requests to an endpoint, or to any, fail from now on. */
  readonly fault: (endpoint: KnownEndpoint | "*", fault: Fault, options?: FaultOptions) => void;
  /** Calls a function before each request is answered, for what happens in the world meanwhile. */
  readonly onRequest: (hook: Hook) => void;
  /** Ends the server, also what hangs. Rejects where breaches are left. */
  readonly close: () => Promise<void>;
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
};

const jsonOf = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: text === "" ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
};

const send = (response: ServerResponse, reply: Reply, headers: Answer["headers"]): void => {
  if (reply === "hanging") return;
  if (reply === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(reply.status, { ...headers, ...reply.headers });
  response.end(reply.text);
};

/** Starts a GitHub on this machine that knows one repository; what is not told of it is as in `quietState`. */
export const fakeGitHub = async (told: Partial<State> = {}): Promise<FakeGitHub> => {
  const state: State = { ...quietState(), ...told };
  const requests: Mutable<Seen>[] = [];
  const breaches: string[] = [];
  const hooks: Hook[] = [];
  const plan = faultPlan<KnownEndpoint>();
  const rate = rates(state);
  const breach: Breach = (status, sentence) => {
    breaches.push(sentence);
    return refused(status, sentence);
  };
  const answer = answering(state, rate, breach);

  const misplaced = (method: string, pathname: string): Answer =>
    matched(endpoints(), method, pathname)
      ? breach(400, `${method} ${pathname} is in GitHub's API, but this fake does not know it`)
      : breach(400, `${method} ${pathname} is not in GitHub's API`);

  const replyTo = async (request: IncomingMessage, target: URL, text: string): Promise<Reply> => {
    const { method = "" } = request;
    const match = matchOf(method, target.pathname);
    const token = authenticated(state, request.headers.authorization);
    const json = jsonOf(text);
    const turn = requests.length + 1;
    const seen: Mutable<Seen> = {
      method,
      endpoint: match?.endpoint,
      target: `${target.pathname}${target.search}`,
      body: json === undefined ? text : json.value,
      login: token === "unknown" ? undefined : token?.login,
      status: undefined,
    };
    requests.push(seen);
    const reply = async (): Promise<Reply> => {
      for (const hook of hooks) await hook(seen);
      if (match === undefined) return replyOf(misplaced(method, target.pathname));
      const hit = plan.next(match.endpoint);
      const denial = forbidden(routeOf(match.endpoint), token === "unknown" ? undefined : token);
      const faulty = hit && faultReply(hit.fault, denial);
      if (faulty && !hit.after) return faulty;
      if (json === undefined) return replyOf(breach(400, `${match.endpoint}: Problems parsing JSON`));
      const given = replyOf(answer({ match, target, token, body: json.value, turn }));
      return faulty ?? given;
    };
    const failed = (error: unknown): Reply => replyOf(breach(500, `${match?.endpoint}: the fake failed: ${error}`));
    const found = await reply().catch(failed);
    seen.status = typeof found === "string" ? found : found.status;
    return found;
  };

  const server = createServer(async (request, response) => {
    const target = new URL(request.url ?? "/", url);
    const text = await textOf(request).catch(() => undefined);
    // Whoever goes away before the end of a request gets no answer.
    if (text === undefined) return void response.destroy();
    const reply = await replyTo(request, target, text);
    send(response, reply, { ...rate.headers(), "x-github-request-id": `FAKE:${requests.length}` });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    state,
    requests,
    breaches,
    fault: (endpoint, fault, options = {}) => plan.add(endpoint, fault, options),
    onRequest: (hook) => {
      hooks.push(hook);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      if (breaches.length > 0) throw new Error(`GitHub's API was not kept to:\n${breaches.join("\n")}`);
    },
  };
};
