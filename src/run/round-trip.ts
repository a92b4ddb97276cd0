/** Up, down, up of one migration, on rows, in a database that is thrown away. */

import { readCatalog } from "../catalog/read.ts";
import type { Migration } from "../migration/list.ts";
import type { Catalog, Database, Execution, RoundTrip, RoundTripRequest, Session } from "../model/ports.ts";
import { type ParsedStatement, parseTree } from "../sql/statements.ts";
import type { Databases, MigrationOutcome, Migrations } from "./ports.ts";
import { readRows } from "./rows.ts";
import { type Refusal, stations } from "./stations.ts";

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
export function roundTrips(world: RoundTrips): RoundTripMaker {
  return onceEach(world, (request, migration, count) => travel(world, request, migration, `trip_${count}`));
}

export type RoundTripMaker = (request: RoundTripRequest) => Promise<RoundTrip>;

/** Makes each trip once. */
export function onceEach(
  { migrations }: Pick<RoundTrips, "migrations">,
  make: (request: RoundTripRequest, migration: Migration, count: number) => Promise<RoundTrip>,
): RoundTripMaker {
  const made = new Map<string, Promise<RoundTrip>>();
  return (request) => {
    const migration = migrations.list(request.tree).find(({ path }) => path === request.migration);
    if (!migration) throw new Error(`${request.migration} is no migration of the tree`);
    const key = keyOf(request, migration);
    const known = made.get(key);
    if (known) return known;
    const trip = make(request, migration, made.size + 1);
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
  const place = placeOf(world, request.migration);
  await databases.clone(place.template, name);
  // One session for the three, as a developer who tries it would have.
  const tool = await migrations.open(name);
  const inside = <Result>(work: (database: Database) => Promise<Result>) => databases.transaction(name, work);
  try {
    const look = () =>
      inside(async (database) => ({ catalog: await readCatalog(database), rows: await readRows(database) }));
    const ground = {
      look,
      afterRefusal: look,
      rows: () => inside(readRows),
      load: (sql: string) => loadRows(databases, name, sql),
      up: async () => refusalOf(await tool.up(migration, request.tree)),
      down: async () => refusalOf(await tool.down(migration, request.tree)),
    };
    return await stations(ground, request, await place.catalog());
  } finally {
    await tool.close();
    await databases.drop(name);
  }
}

/** @throws where the replay did not come so far */
export function placeOf(world: Pick<RoundTrips, "before">, migration: string): Place {
  const place = world.before(migration);
  if (!place) throw new Error(`there is no database as it was before ${migration}: the replay did not come so far`);
  return place;
}

const refusalOf = (outcome: MigrationOutcome): Execution["error"] =>
  outcome.status === "refused" ? outcome.error : undefined;

/** Loads SQL as the judge, statement by statement, in one transaction, so that deferred constraints see all of it. */
async function loadRows(databases: Databases, name: string, sql: string): Promise<Execution["error"]> {
  const parsed = await statementsOf(sql);
  if ("condition" in parsed) return parsed;
  const session = await databases.session(name);
  try {
    await session.begin({});
    for (const { text, line } of parsed) {
      const attempt = await session.attempt(text);
      if (!attempt.accepted) return { ...withoutPosition(attempt.error), line, statement: text.slice(0, 500) };
    }
    return await committed(session);
  } finally {
    await session.close();
  }
}

/** The statements of a file that loads rows, or why it cannot. */
export async function statementsOf(sql: string): Promise<readonly ParsedStatement[] | Refusal> {
  const parsed = await parseTree(sql);
  if (parsed.status === "refused") {
    return { condition: "syntax_error", message: parsed.mistake.message, line: parsed.mistake.line };
  }
  const control = parsed.statements.find(({ node }) => "TransactionStmt" in node);
  if (!control) return parsed.statements;
  return {
    condition: "not_applied",
    message: "all rows are loaded in one transaction, which the file may not end",
    line: control.line,
    statement: control.text,
  };
}

async function committed(session: Session): Promise<Execution["error"]> {
  const commit = await session.commit();
  return commit.accepted ? undefined : { ...withoutPosition(commit.error), statement: "COMMIT" };
}

/** The line says it better. */
export function withoutPosition({
  position: _,
  ...error
}: NonNullable<Execution["error"]>): NonNullable<Execution["error"]> {
  return error;
}
