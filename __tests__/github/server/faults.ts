import { primaryLimit, secondaryLimit } from "./rate.ts";
import { type Answer, notFound, refused } from "./route.ts";

/** What goes wrong instead of, or after, what was asked. */
export type Fault =
  | { readonly kind: "forbidden" }
  | { readonly kind: "not-found" }
  | { readonly kind: "refused" }
  | { readonly kind: "too-many-requests"; readonly retryAfterS: number }
  | { readonly kind: "secondary-limit"; readonly retryAfterS: number }
  | { readonly kind: "primary-limit" }
  | { readonly kind: "server-error" }
  | { readonly kind: "bad-gateway" }
  | { readonly kind: "reset" }
  | { readonly kind: "hanging" }
  | { readonly kind: "garbage" };

/** One fault of each kind, for tests that go through them all. None makes a client wait. */
export const faults: { readonly [K in Fault["kind"]]: Fault & { readonly kind: K } } = {
  forbidden: { kind: "forbidden" },
  "not-found": { kind: "not-found" },
  refused: { kind: "refused" },
  "too-many-requests": { kind: "too-many-requests", retryAfterS: 0 },
  "secondary-limit": { kind: "secondary-limit", retryAfterS: 0 },
  "primary-limit": { kind: "primary-limit" },
  "server-error": { kind: "server-error" },
  "bad-gateway": { kind: "bad-gateway" },
  reset: { kind: "reset" },
  hanging: { kind: "hanging" },
  garbage: { kind: "garbage" },
};

/** What goes back over the wire; or the connection is cut, or nothing ever comes. */
export type Reply =
  | { readonly status: number; readonly headers: Answer["headers"]; readonly text: string }
  | "reset"
  | "hanging";

const json = "application/json; charset=utf-8";

export const replyOf = ({ status, body, headers }: Answer): Reply => ({
  status,
  headers: body === undefined ? headers : { "content-type": json, ...headers },
  text: body === undefined ? "" : JSON.stringify(body),
});

const page = `<!DOCTYPE html>
<html><head><title>Unicorn! &middot; GitHub</title></head>
<body><p>We had issues producing the response to your request.</p></body></html>
`;

/** `denial` is the 403 of the endpoint, which names the permission that it needs. */
export const faultReply = (fault: Fault, denial: Answer): Reply => {
  switch (fault.kind) {
    case "forbidden":
      return replyOf(denial);
    case "not-found":
      return replyOf(notFound());
    case "refused":
      return replyOf(refused(422, "Validation Failed"));
    case "too-many-requests":
      return replyOf(refused(429, "Too many requests", { "retry-after": String(fault.retryAfterS) }));
    case "secondary-limit":
      return replyOf(secondaryLimit(fault.retryAfterS));
    case "primary-limit": {
      const reset = String(Math.floor(Date.now() / 1000));
      const { status, body } = primaryLimit();
      return replyOf({ status, body, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } });
    }
    case "server-error":
      return replyOf(refused(500, "Server Error"));
    case "bad-gateway":
      return { status: 502, headers: { "content-type": "text/html; charset=utf-8" }, text: page };
    case "garbage":
      return { status: 200, headers: { "content-type": json }, text: '{"id": 1, "name": "pha' };
    case "reset":
    case "hanging":
      return fault.kind;
  }
};

interface Planned<E extends string> {
  readonly endpoint: E | "*";
  readonly fault: Fault;
  readonly after: boolean;
  left: number;
}

export interface FaultOptions {
  /** How many requests it hits: 1 unless told. */
  readonly times?: number | "always";
  /** The work is done, and then the answer is lost or wrong. */
  readonly after?: boolean;
}

export interface FaultPlan<E extends string> {
  readonly add: (endpoint: E | "*", fault: Fault, options: FaultOptions) => void;
  /** The fault that hits this request, which is used up by that. */
  readonly next: (endpoint: E) => { readonly fault: Fault; readonly after: boolean } | undefined;
}

export const faultPlan = <E extends string>(): FaultPlan<E> => {
  const planned: Planned<E>[] = [];
  return {
    add: (endpoint, fault, { times = 1, after = false }) => {
      planned.push({ endpoint, fault, after, left: times === "always" ? Number.POSITIVE_INFINITY : times });
    },
    next: (endpoint) => {
      const hit = planned.find((one) => one.left > 0 && (one.endpoint === "*" || one.endpoint === endpoint));
      if (hit) hit.left -= 1;
      return hit;
    },
  };
};
