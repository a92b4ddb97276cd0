import type { Endpoint } from "./description.ts";
import type { Permission, State, Token } from "./state.ts";

/** What every answer is written from: where the server is, and what it knows. */
export interface Site {
  /** `http://127.0.0.1:1234` */
  readonly api: string;
  readonly state: State;
}

export interface Call extends Site {
  readonly path: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  /** The path and query of the request, for links to further pages. */
  readonly target: URL;
  /** Has the shape that GitHub describes; undefined where none was sent. */
  readonly body: unknown;
  readonly token: Token | undefined;
  /** The number of this request. */
  readonly turn: number;
  /** Now, to the second, as GitHub writes times. */
  readonly now: string;
  /** An id that nothing has yet. */
  readonly newId: () => number;
}

export interface Answer {
  readonly status: number;
  /** Undefined: no body. */
  readonly body: unknown;
  readonly headers: { readonly [name: string]: string };
}

export const answer = (status: number, body?: unknown, headers: Answer["headers"] = {}): Answer => ({
  status,
  body,
  headers,
});

/** What a token must be allowed to do. */
export type Need = `${Permission | "metadata"}: ${"read" | "write"}`;

export interface Route {
  readonly needs: Need;
  /** What GitHub says that it accepts, where that is more than what it needs. */
  readonly accepted?: string;
  /** Counts against the limit of content that is created. */
  readonly creates?: true;
  /** What GitHub refuses beyond what it describes: its words, or undefined. */
  readonly refuses?: (body: unknown) => Refusal | undefined;
  readonly answer: (call: Call) => Answer;
}

export type Routes = { readonly [endpoint: Endpoint]: Route };

/** What is wrong with a request, in GitHub's words; `errors` where it has them. */
export interface Refusal {
  readonly message: string;
  readonly errors?: readonly {
    readonly resource: string;
    readonly field: string;
    readonly code: string;
    readonly message: string;
  }[];
}

/** An answer that says no. Its documentation is added by the server. */
export const refused = (status: number, refusal: Refusal | string, headers: Answer["headers"] = {}): Answer =>
  answer(
    status,
    { ...(typeof refusal === "string" ? { message: refusal } : refusal), status: String(status) },
    headers,
  );

export const notFound = (message = "Not Found"): Answer => refused(404, message);
