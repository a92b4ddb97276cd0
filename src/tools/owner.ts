import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { reap } from "./watchdog.ts";

const pattern = /^\.?phasegate-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-[0-9a-z]{12}(-bin)?$/;

/**
 * A name for a temporary directory that says whose it is: process number, the time that process started, and the
 * namespace in which the number counts. As the owner is in the name, there is no moment at which it is unknown.
 */
export function ownedName(): string {
  const owner = [namespace(), process.pid, startTime(process.pid)].map((part) => part.toString(36)).join("-");
  return `phasegate-${owner}-${randomBytes(6).toString("hex")}`;
}

/**
 * Removes what runs that have ended left in a directory, for the case that even their watchdog was killed: only what
 * this user owns, and only where the owner is known to be gone. Never throws: leftovers are no reason not to run.
 * @param uids the users whose directories may be removed
 */
export async function sweep(directory: string, uids: readonly number[]): Promise<void> {
  const left = names(directory).filter((name) => {
    const [, home = "", pid = "", started = ""] = pattern.exec(name) ?? [];
    if (home === "" || Number.parseInt(home, 36) !== namespace()) return false;
    return (
      startTime(Number.parseInt(pid, 36)) !== Number.parseInt(started, 36) &&
      uids.includes(owner(join(directory, name)))
    );
  });
  await Promise.all(left.map((name) => reap([join(directory, name)]).catch(() => undefined)));
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function owner(path: string): number {
  try {
    const found = lstatSync(path);
    return found.isDirectory() ? found.uid : -1;
  } catch {
    return -1;
  }
}

/** The namespace of process numbers; 0 where the system has none. Temporary directories may be shared between containers. */
function namespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? 0);
  } catch {
    return 0;
  }
}

/** When a process started, in clock ticks since boot; 0 for one that runs on a system that does not say, -1 for none. */
function startTime(pid: number): number {
  try {
    // The second field is the program's name in parentheses and may hold anything.
    return Number(
      readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/^.*\) /s, "")
        .split(" ")[19],
    );
  } catch {
    try {
      process.kill(pid, 0);
      return 0;
    } catch (error) {
      return Reflect.get(Object(error), "code") === "EPERM" ? 0 : -1;
    }
  }
}
