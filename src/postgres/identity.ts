import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** A user of this machine. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom the server runs as: PostgreSQL refuses root, so root hands it to `postgres`, or to `nobody` where there is none;
 * everybody else runs it as themselves, which is `undefined`.
 * @throws Error where root finds neither
 */
export function serverIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name, , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }] as const),
  );
  const found = users.get("postgres") ?? users.get("nobody");
  if (found === undefined || found.uid === 0) {
    throw new Error(
      "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody. Run as another user.",
    );
  }
  return found;
}

/** What a user has to be allowed on a path itself: to pass through a directory, or to read and execute. */
const needs = { pass: 0o1, execute: 0o5 };

/** Whether a user may use a path, which takes that they may pass through every directory above it. */
export function usableBy(path: string, who: Identity | undefined, need: keyof typeof needs): boolean {
  if (who === undefined) return true; // As oneself: the use itself tells.
  try {
    if (!allowed(path, who, needs[need])) return false;
    for (let above = dirname(path); ; above = dirname(above)) {
      if (!allowed(above, who, needs.pass)) return false;
      if (above === dirname(above)) return true;
    }
  } catch {
    return false;
  }
}

function allowed(path: string, who: Identity, bits: number): boolean {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === who.uid ? 6 : gid === who.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
