import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import pg from "pg";
import { boot } from "../../src/postgres/boot.ts";

const image = process.env.PHASEGATE_TEST_IMAGE;
const answers = engineAnswers();
if (!answers)
  process.stderr.write("No container engine answers on this machine: the provider `docker` was not tried for real.\n");

test(answers ? "boots PostgreSQL in a container" : "no container engine on this machine: says so", async () => {
  const options = {
    provider: "docker",
    major: 18,
    env: process.env,
    ...(image === undefined ? {} : { image }),
  } as const;
  if (!answers) {
    await expect(boot(options)).rejects.toThrow(
      "This run needs PostgreSQL 18; docker has no engine that answers. Start Docker, or set DOCKER_HOST to where it listens.",
    );
    return;
  }
  const server = await boot(options);
  expect(server).toMatchObject({ provider: "docker", major: 18, owned: true, prefix: "", why: "" });
  const client = new pg.Client({ ...server.superuser, ssl: false });
  await client.connect();
  const { rows } = await client.query(
    "SELECT rolsuper AS superuser, current_setting('fsync') AS fsync FROM pg_roles WHERE rolname = current_user",
  );
  expect(rows).toEqual([{ superuser: true, fsync: "off" }]);
  await client.end();
  await server.stop();
}, 180_000);

function engineAnswers(): boolean {
  try {
    execFileSync("docker", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
