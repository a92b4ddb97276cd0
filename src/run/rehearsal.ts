/**
 * A round trip in one transaction that is rolled back, on a connection that is warm: for the many variations of a trip
 * that mutants ask for. Five times quicker than a copy of the database with new connections, and the same answer, but
 * that nothing is committed: `now()` stands still, and a few statements need a commit between them.
 */

import { readCatalog } from "../catalog/read.ts";
import type { Database, RoundTrip, RoundTripRequest } from "../model/ports.ts";
import { postgresError } from "../sql/error.ts";
import { quoted } from "../sql/identifier.ts";
import type { ParsedStatement } from "../sql/statements.ts";
import type { Databases, MigrationSection, MigrationSections } from "./ports.ts";
import {
  onceEach,
  type Place,
  placeOf,
  type RoundTripMaker,
  type RoundTrips,
  statementsOf,
  withoutPosition,
} from "./round-trip.ts";
import { readRows } from "./rows.ts";
import { type Refusal, stations } from "./stations.ts";

/**
 * Refusals that only come of the one transaction: events of triggers that wait for its end, new values of an enum, and
 * SQL that would end it.
 */
const onlyHere = new Set(["object_in_use", "unsafe_new_enum_value_usage", "not_applied"]);

/** Makes round trips of SQL migrations as rehearsals; those of programs, and what a rehearsal cannot tell, for real. */
export function rehearsals(world: RoundTrips, forReal: RoundTripMaker): RoundTripMaker {
  const { databases, migrations } = world;
  /** Copies of the database before a migration, each with the last work on it: sabotage locks what it changes. */
  const stages = new Map<string, Promise<unknown>>();
  const inTurn = <Result>(path: string, name: string, work: () => Promise<Result>): Promise<Result> => {
    const ready = stages.get(path) ?? databases.clone(placeOf(world, path).template, name);
    const turn = ready.then(work);
    stages.set(
      path,
      turn.catch(() => undefined),
    );
    return turn;
  };
  return onceEach(world, async (request, migration) => {
    const sections = migrations.sections(migration, request.tree);
    if (!sections) return forReal(request);
    const place = placeOf(world, migration.path);
    const name = `rehearsal_${migrations.list(request.tree).findIndex(({ path }) => path === migration.path) + 1}`;
    const trip = await inTurn(migration.path, name, () => rehearse(databases, name, place, request, sections));
    return trip ?? forReal(request);
  });
}

const noDown: Refusal = { condition: "no_down_part", message: "there is no down part" };

/**
 * @param sections what the migration tool would send for each direction
 * @returns `undefined` where one transaction is not enough to tell
 */
async function rehearse(
  databases: Databases,
  name: string,
  place: Place,
  request: RoundTripRequest,
  sections: MigrationSections,
): Promise<RoundTrip | undefined> {
  const catalog = await place.catalog();
  const trip = await databases.transaction(name, (database) => {
    const part = (section: MigrationSection) => () => migrated(database, databases.migratorRole, section);
    return stations(
      {
        look: async () => ({ catalog: await readCatalog(database), rows: await readRows(database) }),
        rows: () => readRows(database),
        load: (sql) => loaded(database, sql),
        up: part(sections.up),
        down: sections.down ? part(sections.down) : async () => noDown,
      },
      request,
      catalog,
    );
  });
  return trip.executions.some(({ error }) => error && onlyHere.has(error.condition)) ? undefined : trip;
}

async function migrated(database: Database, role: string, section: MigrationSection): Promise<Refusal | undefined> {
  const parsed = await statementsOf(section.text);
  if ("condition" in parsed) return { ...parsed, ...inFile(section, parsed.line) };
  await database.act({ as: role });
  for (const { text, line } of parsed) {
    const error = await sent(database, text);
    if (error) return { ...error, ...inFile(section, line), statement: text.slice(0, 500) };
  }
  const error = await settled(database);
  if (error) return error;
  for (const name of parsed.flatMap(({ node }) => setLocally(node))) await database.query(`RESET ${quoted(name)}`);
  await database.act({});
  return undefined;
}

/** What the part set with SET LOCAL: it would have ended with the part's own transaction. */
const setLocally = (node: ParsedStatement["node"]): readonly string[] =>
  "VariableSetStmt" in node && node.VariableSetStmt.is_local && node.VariableSetStmt.name !== undefined
    ? [node.VariableSetStmt.name]
    : [];

const inFile = (section: MigrationSection, line: number | undefined) =>
  line === undefined ? {} : { line: section.line + line - 1 };

async function loaded(database: Database, sql: string): Promise<Refusal | undefined> {
  const parsed = await statementsOf(sql);
  if ("condition" in parsed) return parsed;
  for (const { text, line } of parsed) {
    const error = await sent(database, text);
    if (error) return { ...error, line, statement: text.slice(0, 500) };
  }
  return settled(database);
}

/** What a commit would do for constraints that wait for it; afterwards they wait again. */
async function settled(database: Database): Promise<Refusal | undefined> {
  const error = await sent(database, "SET CONSTRAINTS ALL IMMEDIATE");
  if (error) return error;
  const deferred = await database.query<{ name: string }>(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.conname) AS name
       FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace WHERE c.condeferred`,
  );
  if (deferred.length > 0)
    await database.query(`SET CONSTRAINTS ${deferred.map(({ name }) => name).join(", ")} DEFERRED`);
  return undefined;
}

async function sent(database: Database, sql: string): Promise<Refusal | undefined> {
  try {
    await database.query(sql);
    return undefined;
  } catch (thrown) {
    return withoutPosition(postgresError(thrown));
  }
}
