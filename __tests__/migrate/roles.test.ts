import { expect, test } from "@jest/globals";
import { cluster, migration } from "./world.ts";

const server = cluster({ createrole: true });

test.each([
  ["creates a role", "EXECUTE 'CREATE ' || 'ROLE intruder'"],
  ["alters a role", "EXECUTE 'ALTER ' || 'ROLE intruder CONNECTION LIMIT 3'"],
  ["grants a membership", "EXECUTE 'GRANT ' || 'intruder TO app_rw'"],
])("attack 41: a migration that %s is found, however it words it", async (_, statement) => {
  const prepared = "DO $$ BEGIN IF to_regrole('intruder') IS NULL THEN CREATE ROLE intruder; END IF; END $$;";
  const files = statement.includes("CREATE") ? {} : { "migrations/1_a.sql": migration(prepared) };
  const run = await server.apply({ ...files, "migrations/2_b.sql": migration(`DO $$ BEGIN ${statement}; END $$;`) });
  expect(run.last).toMatchObject({
    status: "applied",
    findings: [{ code: "role-change", place: { file: "migrations/2_b.sql", line: 1 } }],
  });
  await run.close();
});
