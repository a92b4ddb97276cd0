import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync } from "node:fs";
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
  const gone = names(directory).filter((name) => {
    const [, home = "", pid = "", started = ""] = pattern.exec(name) ?? [];
    if (home === "" || Number.parseInt(home, 36) !== namespace()) return false;
    return startTime(Number.parseInt(pid, 36)) !== Number.parseInt(started, 36);
  });
  await Promise.all(gone.map((name) => sweepOne(join(directory, name), uids).catch(() => undefined)));
}

/** As the user whose directory it is: root must not be led by what another user may have put there. */
async function sweepOne(path: string, uids: readonly number[]): Promise<void> {
  const found = lstatSync(path);
  if (!found.isDirectory() || !uids.includes(found.uid)) return;
  await reap([path], found.uid === process.getuid?.() ? {} : { uid: found.uid, gid: found.gid });
  if (existsSync(path)) rmdirSync(path); // Empty by now; its owner may not have been allowed to remove it from here.
}

function names(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
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
