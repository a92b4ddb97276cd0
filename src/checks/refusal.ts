import type { Execution } from "../model/ports.ts";
import type { Place } from "../model/report.ts";

/** A refused execution as evidence: what PostgreSQL said, and where. */
export type Refusal = {
  readonly part: Execution["part"];
  readonly message: string;
  readonly detail: string | null;
  readonly line: number | null;
  readonly statement: string | null;
};

/** What was refused of a round trip, as evidence. */
export const refusals = (executions: readonly Execution[]): Refusal[] =>
  executions.flatMap(({ part, error }) =>
    error
      ? [
          {
            part,
            message: error.message,
            detail: error.detail ?? null,
            line: error.line ?? null,
            statement: error.statement ?? null,
          },
        ]
      : [],
  );

/** Where it was refused, and in which words. */
export function refusalWords({ message, detail, statement }: Refusal): string {
  const words = detail === null ? message : `${message} (${detail})`;
  return statement === null ? words : `${words}, at \`${statement.replaceAll(/\s+/g, " ")}\``;
}

export const placeOf = (file: string, line: number | null): Place => ({ file, line: line ?? 1 });
