import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { Database, Server, Session } from "../model/ports.ts";
import { literal, quoted } from "../sql/identifier.ts";
import { connect, type Limits, limits } from "./connect.ts";
import { openSession } from "./session.ts";
import { inTurn, type Shared } from "./shared.ts";
import { inTransaction } from "./transaction.ts";

/** A role of the plan. */
export interface PlanRole {
  readonly name: string;
  readonly bypassrls: boolean;
  readonly memberOf: readonly string[];
}

export interface ClusterSetup {
  readonly roles: readonly PlanRole[];
  /** What the role that runs migrations may do. */
  readonly migrator: { readonly bypassrls: boolean; readonly createrole: boolean; readonly superuser: boolean };
  readonly limits?: Limits;
}

/** The databases and roles of one run on a server. Names of databases are without the server's prefix. */
export interface Cluster {
  readonly server: Server;
  /** Neither superuser nor BYPASSRLS, with the privileges of the tables' owner: what suites run as. */
  readonly testRole: string;
  /** What migrations run as. */
  readonly migratorRole: string;
  /** Makes an empty database that the migrator owns. */
  create(database: string): Promise<void>;
  /** Copies a database that nothing is connected to. */
  clone(from: string, to: string): Promise<void>;
  /** Removes a database, or leaves it to the end of the server where that is cheaper. */
  drop(database: string): Promise<void>;
  /** A connection of its own; whoever asks for it ends it. */
  connect(database: string, as: "judge" | "migrator"): Promise<pg.Client>;
  /** One transaction as the judge, rolled back at its end; the connection comes from a small pool. */
  transaction<Result>(database: string, work: (database: Database) => Promise<Result>): Promise<Result>;
  /** A connection as the judge that may commit; whoever asks for it closes it. */
  session(database: string): Promise<Session>;
  /** Ends the pooled connections of a database, so that it can be cloned. */
  release(database: string): Promise<void>;
  close(): Promise<void>;
}

/** Databases with connections that wait for work. A server takes 100 connections, and a plan may have hundreds of phases. */
const keptDatabases = 12;

/** Makes the roles of the plan and of the run. */
export async function openCluster(server: Server, setup: ClusterSetup): Promise<Cluster> {
  const cap = setup.limits ?? limits;
  const role = {
    judge: `${server.prefix}judge`,
    migrator: `${server.prefix}migrator`,
    tester: `${server.prefix}tester`,
  };
  const password = { judge: randomBytes(24).toString("base64url"), migrator: randomBytes(24).toString("base64url") };
  const admin = inTurn(await connect(server.superuser, cap));
  const pools = new Map<string, pg.Client[]>();
  const made = new Set<string>();

  const existing = await rolesThatExist(admin, setup.roles);
  const missing = setup.roles.filter(({ name }) => !existing.has(name));
  await admin.query(roleStatements(server, setup, missing, role, password).join(";\n"));

  // The fastest where nothing is flushed; on somebody else's server it would force checkpoints.
  const strategy = server.owned ? "FILE_COPY" : "WAL_LOG";

  const open = (database: string, as: "judge" | "migrator") =>
    connect(
      { ...server.superuser, user: role[as], password: password[as], database: server.prefix + database },
      as === "migrator" ? { ...cap, statementMs: cap.migrationMs } : cap,
    );

  /** Whatever state it is in, nobody is to meet it again; what it was doing would keep the database from being copied. */
  const discard = async (client: pg.Client): Promise<void> => {
    await client.end().catch(() => undefined);
    const { processID } = client as pg.Client & { readonly processID?: number }; // a field that its types leave out
    // Where the server is gone there is nothing to end.
    await admin.query("SELECT pg_terminate_backend($1, 5000)", [processID]).catch(() => undefined);
  };

  /** Keeps a connection for the next transaction on its database; of databases that nobody asked for lately, none is kept. */
  const keep = async (database: string, client: pg.Client): Promise<void> => {
    const idle = [...(pools.get(database) ?? []), client];
    // A map remembers the order: the database that was used last comes last.
    pools.delete(database);
    pools.set(database, idle);
    const surplus: Promise<void>[] = [];
    for (const [name, clients] of pools) {
      if (pools.size <= keptDatabases || name === database) break;
      pools.delete(name);
      surplus.push(...clients.map((each) => each.end()));
    }
    await Promise.all(surplus);
  };

  const release = async (database: string): Promise<void> => {
    const idle = pools.get(database) ?? [];
    pools.delete(database);
    await Promise.all(idle.map((client) => client.end()));
  };

  return {
    server,
    testRole: role.tester,
    migratorRole: role.migrator,
    async create(database) {
      made.add(database);
      await admin.query(
        `CREATE DATABASE ${quoted(server.prefix + database)} OWNER ${quoted(role.migrator)} TEMPLATE template0 STRATEGY ${strategy}`,
      );
    },
    async clone(from, to) {
      await release(from);
      made.add(to);
      await admin.query(
        `CREATE DATABASE ${quoted(server.prefix + to)} OWNER ${quoted(role.migrator)} TEMPLATE ${quoted(server.prefix + from)} STRATEGY ${strategy}`,
      );
    },
    async drop(database) {
      await release(database);
      if (server.owned) return;
      await admin.query(`DROP DATABASE IF EXISTS ${quoted(server.prefix + database)} WITH (FORCE)`);
      made.delete(database);
    },
    connect: open,
    async transaction(database, work) {
      const client = pools.get(database)?.pop() ?? (await open(database, "judge"));
      try {
        const { result, lives } = await inTransaction(client, cap, work);
        // One that was cut because a statement gave too much would fail whoever gets it next.
        await (lives ? keep(database, client) : discard(client));
        return result;
      } catch (error) {
        await discard(client);
        throw error;
      }
    },
    async session(database) {
      return openSession(await open(database, "judge"), admin, server.owned);
    },
    release,
    async close() {
      await Promise.all([...pools.keys()].map(release));
      if (!server.owned) {
        for (const database of made)
          await admin.query(`DROP DATABASE IF EXISTS ${quoted(server.prefix + database)} WITH (FORCE)`);
        const ours = [role.judge, role.tester, role.migrator, ...missing.map(({ name }) => name)];
        for (const name of ours) await admin.query(`DROP ROLE IF EXISTS ${quoted(name)}`);
      }
      await admin.end();
    },
  };
}

/** Names of the plan's roles that a lent server has already; one that may do other things than the plan says is refused. */
async function rolesThatExist(admin: Shared, roles: readonly PlanRole[]): Promise<ReadonlySet<string>> {
  const rows = await admin.query<{ name: string; bypassrls: boolean; superuser: boolean }>(
    "SELECT rolname AS name, rolbypassrls AS bypassrls, rolsuper AS superuser FROM pg_roles WHERE rolname = ANY ($1)",
    [roles.map(({ name }) => name)],
  );
  for (const row of rows) {
    const asked = roles.find(({ name }) => name === row.name);
    if (row.superuser || row.bypassrls !== asked?.bypassrls) {
      const is = row.superuser ? "a superuser" : row.bypassrls ? "BYPASSRLS" : "not BYPASSRLS";
      throw new Error(
        `The role ${row.name} exists on this server and is ${is}, other than the plan says. Use a server of its own for Phasegate.`,
      );
    }
  }
  return new Set(rows.map(({ name }) => name));
}

function roleStatements(
  server: Server,
  { roles, migrator }: ClusterSetup,
  missing: readonly PlanRole[],
  role: { readonly judge: string; readonly migrator: string; readonly tester: string },
  password: { readonly judge: string; readonly migrator: string },
): string[] {
  const flag = (on: boolean, word: string) => (on ? word : `NO${word}`);
  const planRoles = roles.map(({ name }) => quoted(name));
  // Before 16 a member either inherits from all its roles or from none, and the owner of a database must inherit.
  const mayOnlySet = server.major >= 16 ? " WITH INHERIT FALSE, SET TRUE" : "";
  return [
    // Passwords are random and long: iterations would only cost time.
    ...(server.major >= 16 ? ["SET scram_iterations = 1"] : []),
    ...missing.map(
      ({ name, bypassrls }) => `CREATE ROLE ${quoted(name)} NOLOGIN NOSUPERUSER ${flag(bypassrls, "BYPASSRLS")}`,
    ),
    ...missing.flatMap(({ name, memberOf }) => memberOf.map((group) => `GRANT ${quoted(group)} TO ${quoted(name)}`)),
    `CREATE ROLE ${quoted(role.migrator)} LOGIN ${flag(migrator.superuser, "SUPERUSER")} ${flag(migrator.bypassrls, "BYPASSRLS")} ${flag(migrator.createrole, "CREATEROLE")} PASSWORD ${literal(password.migrator)}`,
    `CREATE ROLE ${quoted(role.tester)} NOLOGIN NOSUPERUSER NOBYPASSRLS IN ROLE ${quoted(role.migrator)}`,
    `CREATE ROLE ${quoted(role.judge)} LOGIN NOSUPERUSER BYPASSRLS IN ROLE ${quoted(role.migrator)}, ${quoted(role.tester)} PASSWORD ${literal(password.judge)}`,
    ...(planRoles.length === 0
      ? []
      : [
          `GRANT ${planRoles.join(", ")} TO ${quoted(role.migrator)}${mayOnlySet}`,
          `GRANT ${planRoles.join(", ")} TO ${quoted(role.judge)}`,
        ]),
    // For sessions, which say who of them is refused. On somebody else's server it would keep the role from being dropped.
    ...(server.owned ? [`GRANT SET ON PARAMETER deadlock_timeout TO ${quoted(role.judge)}`] : []),
  ];
}
