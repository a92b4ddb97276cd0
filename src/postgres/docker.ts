import { setTimeout as delay } from "node:timers/promises";
import type { ConnectionSettings } from "../model/ports.ts";
import { type Booted, type BootOptions, type Provider, Unavailable, wordsOf } from "./provider.ts";
import { open, versionOf } from "./ready.ts";
import { randomPassword } from "./scram.ts";
import { settingsFor } from "./settings.ts";

const startTimeoutMs = 120_000;

/** Settings of an owned server that make no sense, or do harm, in a container: it is reached over TCP, and makes its own cluster. */
const inImage = new Set([
  "listen_addresses",
  "port",
  "dynamic_shared_memory_type",
  "log_destination",
  "logging_collector",
]);

/**
 * PostgreSQL in a container, by Testcontainers, whose own watchdog (Ryuk) removes it if this process is killed. The
 * data lie in memory.
 */
export const docker: Provider = async (options) => {
  if (options.packages === "pinned") throw new Unavailable("docker is no part of the action", "Choose `auto`.");
  const { PostgreSqlContainer } = await testcontainers();
  const { major, image = `postgres:${major}`, onProgress } = options;
  const password = randomPassword();
  onProgress?.(`Starting a container of ${image}`);
  const container = new PostgreSqlContainer(image)
    .withUsername("postgres")
    .withPassword(password)
    .withDatabase("postgres")
    .withEnvironment({ POSTGRES_INITDB_ARGS: "--no-locale --encoding=UTF8", LC_ALL: "C" })
    .withTmpFs({ [major >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data"]: "rw" })
    .withCommand(["postgres", ...flags(options)])
    .withStartupTimeout(startTimeoutMs);
  const started = await container.start().catch((cause: unknown): never => {
    const words = wordsOf(cause);
    if (!/container runtime/i.test(words))
      throw new Unavailable(`docker could not start ${image}: ${words}`, `Make ${image} available.`, { cause });
    throw new Unavailable(
      "docker has no engine that answers",
      "Start Docker, or set DOCKER_HOST to where it listens.",
      { cause },
    );
  });
  const remove = async (): Promise<void> => {
    await started.stop({ timeout: 0, remove: true, removeVolumes: true });
  };
  try {
    const superuser = {
      host: started.getHost(),
      port: started.getPort(),
      user: "postgres",
      password,
      database: "postgres",
    };
    return await attach(superuser, major, remove);
  } catch (error) {
    await remove();
    throw error;
  }
};

async function testcontainers(): Promise<typeof import("@testcontainers/postgresql")> {
  try {
    return await import("@testcontainers/postgresql");
  } catch (cause) {
    throw new Unavailable(
      "docker needs @testcontainers/postgresql, which is not installed",
      "Install it: npm install --save-dev @testcontainers/postgresql",
      { cause },
    );
  }
}

const flags = ({ major, settings }: BootOptions): readonly string[] =>
  Object.entries({ ...settingsFor(major), ...settings })
    .filter(([name]) => !inImage.has(name))
    .flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Testcontainers does not tell when a container ends, so a connection is kept open that ends with it. */
async function attach(superuser: ConnectionSettings, major: number, remove: () => Promise<void>): Promise<Booted> {
  const sentinel = await open(superuser, startTimeoutMs);
  const version = await versionOf(sentinel);
  if (version.major !== major) {
    await sentinel.end();
    throw new Unavailable(`docker's image has ${version.version}`, `Choose an image of PostgreSQL ${major}.`);
  }
  let stopping: Promise<void> | undefined;
  const died = new Promise<string>((resolve) => {
    sentinel.on("end", () => {
      if (stopping === undefined) resolve("The container with PostgreSQL ended by itself.");
    });
  });
  const end = async (): Promise<void> => {
    await Promise.race([sentinel.end().catch(() => undefined), delay(1_000, undefined, { ref: false })]);
    await remove();
  };
  const stop = (): Promise<void> => {
    stopping ??= end();
    return stopping;
  };
  return { provider: "docker", ...version, superuser, prefix: "", owned: true, died, stop };
}
