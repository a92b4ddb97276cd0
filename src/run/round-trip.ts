/** Up, down, up of one migration, on rows, in a database that is thrown away. */

import { readCatalog } from "../catalog/read.ts";
import type { Catalog, Database, Execution, RoundTrip, RoundTripRequest, Rows, Session } from "../model/ports.ts";
import { parseTree } from "../sql/statements.ts";
import type { Databases, Migration, MigrationOutcome, Migrations } from "./ports.ts";
import { countRows, readRows } from "./rows.ts";

/** A database that nobody is connected to, and its catalog. */
export interface Place {
  readonly template: string;
  catalog(): Promise<Catalog>;
}

export interface RoundTrips {
  readonly databases: Databases;
  readonly migrations: Migrations;
  /** The database as it was just before this migration; `undefined` where the replay did not come so far. */
  before(path: string): Place | undefined;
}

/**
 * Makes the round trips of a run. The same request gives the same trip, which is made once: checks of one phase ask for
 * it again, and so do mutants that change another migration's file.
 */
export function roundTrips(world: RoundTrips): (request: RoundTripRequest) => Promise<RoundTrip> {
  const made = new Map<string, Promise<RoundTrip>>();
  return (request) => {
    const migration = world.migrations.list(request.tree).find(({ path }) => path === request.migration);
    if (!migration) throw new Error(`${request.migration} is no migration of the tree`);
    const key = keyOf(request, migration);
    const known = made.get(key);
    if (known) return known;
    const trip = travel(world, request, migration, `trip_${made.size + 1}`);
    made.set(key, trip);
    return trip;
  };
}

/** Everything that a trip depends on: of a program also what it may import. */
function keyOf({ tree, migration, data, dataAfter, once = false }: RoundTripRequest, { kind }: Migration): string {
  const folder = migration.slice(0, migration.lastIndexOf("/") + 1);
  const files = kind === "sql" ? [migration] : tree.list().filter((path) => path.startsWith(folder));
  return JSON.stringify([
    migration,
    files.map((path) => [path, tree.read(path) ?? null]),
    data ?? null,
    dataAfter ?? null,
    once,
  ]);
}

async function travel(
  world: RoundTrips,
  request: RoundTripRequest,
  migration: Migration,
  name: string,
): Promise<RoundTrip> {
  const { databases, migrations } = world;
  const place = world.before(request.migration);
  if (!place)
    throw new Error(`there is no database as it was before ${request.migration}: the replay did not come so far`);
  await databases.clone(place.template, name);
  // One session for the three, as a developer who tries it would have.
  const tool = await migrations.open(name);
  try {
    return await stations(databases, name, place, request, {
      up: () => tool.up(migration, request.tree),
      down: () => tool.down(migration, request.tree),
    });
  } finally {
    await tool.close();
    await databases.drop(name);
  }
}

interface Directions {
  up(): Promise<MigrationOutcome>;
  down(): Promise<MigrationOutcome>;
}

async function stations(
  databases: Databases,
  name: string,
  place: Place,
  request: RoundTripRequest,
  migrate: Directions,
): Promise<RoundTrip> {
  const executions: Execution[] = [];
  const inside = <Result>(work: (database: Database) => Promise<Result>) => databases.transaction(name, work);
  const look = () =>
    inside(
      async (database): Promise<Snapshot> => ({ catalog: await readCatalog(database), rows: await readRows(database) }),
    );
  /** Whether it was carried out. */
  const note = (execution: Execution): boolean => {
    executions.push(execution);
    return execution.error === undefined;
  };
  const load = async (
    part: "data" | "data-after",
    sql: string | undefined,
    before: Rows,
  ): Promise<Rows | undefined> => {
    if (sql === undefined) return before;
    const error = await loadRows(databases, name, sql);
    const after = await inside(readRows);
    return note(error ? { part, error } : { part, added: countRows(after) - countRows(before) }) ? after : undefined;
  };

  const bare = await inside(readRows);
  const loaded = await load("data", request.data, bare);
  // Rows may be loaded, the schema may not be: what `data` did to it is there before the up.
  const before = {
    catalog: request.data === undefined ? await place.catalog() : await inside(readCatalog),
    rows: loaded ?? bare,
  };
  if (!loaded || !note(executed("up", await migrate.up()))) return tripOf(executions, before);
  const changed = await look();
  const filled = await load("data-after", request.dataAfter, changed.rows);
  const up = { ...changed, rows: filled ?? changed.rows };
  if (!filled || !note(executed("down", await migrate.down()))) return tripOf(executions, before, up);
  const down = await look();
  if (request.once || !note(executed("up again", await migrate.up()))) return tripOf(executions, before, up, down);
  return tripOf(executions, before, up, down, await look());
}

interface Snapshot {
  readonly catalog: Catalog;
  readonly rows: Rows;
}

const executed = (part: Execution["part"], outcome: MigrationOutcome): Execution =>
  outcome.status === "refused" ? { part, error: outcome.error } : { part };

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

/** Loads SQL as the judge, statement by statement, in one transaction, so that deferred constraints see all of it. */
async function loadRows(databases: Databases, name: string, sql: string): Promise<Execution["error"]> {
  const parsed = await parseTree(sql);
  if (parsed.status === "refused") {
    return { condition: "syntax_error", message: parsed.mistake.message, line: parsed.mistake.line };
  }
  const control = parsed.statements.find(({ node }) => "TransactionStmt" in node);
  if (control) {
    return {
      condition: "not_applied",
      message: "all rows are loaded in one transaction, which the file may not end",
      line: control.line,
      statement: control.text,
    };
  }
  const session = await databases.session(name);
  try {
    await session.begin({});
    for (const { text, line } of parsed.statements) {
      const attempt = await session.attempt(text);
      if (!attempt.accepted) return { ...withoutPosition(attempt.error), line, statement: text.slice(0, 500) };
    }
    return await committed(session);
  } finally {
    await session.close();
  }
}

async function committed(session: Session): Promise<Execution["error"]> {
  const commit = await session.commit();
  return commit.accepted ? undefined : { ...withoutPosition(commit.error), statement: "COMMIT" };
}

/** The line says it better. */
function withoutPosition({ position: _, ...error }: NonNullable<Execution["error"]>): NonNullable<Execution["error"]> {
  return error;
}
