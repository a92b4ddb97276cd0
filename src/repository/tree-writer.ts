import { lstatSync, mkdirSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { TreeWriter } from "../model/ports.ts";

/** Writes files of a checkout, and nothing outside of it: no link is followed out of it, and git's own folder is left alone. */
export function treeWriter(root: string): TreeWriter {
  const base = realpathSync(root);
  return {
    write(path, text) {
      const full = join(base, path);
      const parts = relative(base, full).split(sep);
      if (parts[0] === ".." || parts.some((part) => part.toLowerCase() === ".git"))
        throw new Error(`${path} is not written: it is no file of the repository`);
      // Before a folder is made: of those that are there already, none may lead out.
      const there = nearestFolder(dirname(full));
      const real = relative(base, realpathSync(there));
      if (real === ".." || real.startsWith(`..${sep}`))
        throw new Error(`${path} is not written: it leads out of the repository`);
      const stat = lstatSync(full, { throwIfNoEntry: false });
      if (stat && !stat.isFile()) throw new Error(`${path} is not written: there is something else than a file`);
      mkdirSync(dirname(full), { recursive: true });
      // Whoever reads it meanwhile, or stops the run, finds the one or the other, and never a half.
      const made = `${full}.${process.pid}.tmp`;
      writeFileSync(made, text);
      renameSync(made, full);
    },
  };
}

function nearestFolder(folder: string): string {
  return lstatSync(folder, { throwIfNoEntry: false }) ? folder : nearestFolder(dirname(folder));
}
