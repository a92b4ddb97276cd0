/** The stations of a round trip, wherever it is made. */

import type { Catalog, Execution, RoundTrip, RoundTripRequest, Rows } from "../model/ports.ts";
import { countRows } from "./rows.ts";

export interface Snapshot {
  readonly catalog: Catalog;
  readonly rows: Rows;
}

export type Refusal = NonNullable<Execution["error"]>;

/** Where a trip is made. What is refused is a value; then nothing more is asked of it. */
export interface Ground {
  look(): Promise<Snapshot>;
  rows(): Promise<Rows>;
  load(sql: string): Promise<Refusal | undefined>;
  up(): Promise<Refusal | undefined>;
  down(): Promise<Refusal | undefined>;
  /** What an up that was refused left behind, where the tool took back what it had done. */
  afterRefusal?(): Promise<Snapshot>;
}

/**
 * Up, down, up; what follows a refusal is absent.
 * @param catalog the catalog before anything is done; rows may be loaded, the schema may not be
 */
export async function stations(ground: Ground, request: RoundTripRequest, catalog: Catalog): Promise<RoundTrip> {
  const executions: Execution[] = [];
  /** Whether it was carried out. */
  const note = (part: Execution["part"], error: Refusal | undefined, added?: number): boolean => {
    executions.push({ part, ...(error ? { error } : {}), ...(added === undefined || error ? {} : { added }) });
    return error === undefined;
  };
  const load = async (
    part: "data" | "data-after",
    sql: string | undefined,
    before: Rows,
  ): Promise<Rows | undefined> => {
    if (sql === undefined) return before;
    const error = await ground.load(sql);
    if (error) {
      note(part, error);
      return undefined;
    }
    const after = await ground.rows();
    note(part, undefined, countRows(after) - countRows(before));
    return after;
  };

  const bare = await ground.rows();
  const loaded = await load("data", request.data, bare);
  // What `data` did to the schema is there before the up.
  const before = request.data === undefined || !loaded ? { catalog, rows: loaded ?? bare } : await ground.look();
  if (!loaded) return tripOf(executions, before);
  if (!note("up", await ground.up())) {
    const left = await ground.afterRefusal?.();
    return { ...tripOf(executions, before), ...(left ? { afterRefusal: left } : {}) };
  }
  const changed = await ground.look();
  const filled = await load("data-after", request.dataAfter, changed.rows);
  const up = { ...changed, rows: filled ?? changed.rows };
  if (!filled || !note("down", await ground.down())) return tripOf(executions, before, up);
  const down = await ground.look();
  if (request.once || !note("up again", await ground.up())) return tripOf(executions, before, up, down);
  return tripOf(executions, before, up, down, await ground.look());
}

function tripOf(
  executions: readonly Execution[],
  before: Snapshot,
  up?: Snapshot,
  down?: Snapshot,
  again?: Snapshot,
): RoundTrip {
  return {
    executions,
    catalogs: {
      before: before.catalog,
      ...(up && { up: up.catalog }),
      ...(down && { down: down.catalog }),
      ...(again && { again: again.catalog }),
    },
    rows: {
      before: before.rows,
      ...(up && { up: up.rows }),
      ...(down && { down: down.rows }),
      ...(again && { again: again.rows }),
    },
  };
}
