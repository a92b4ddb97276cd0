/** Files that a report is written to, beside standard output. */

import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Mistake } from "../model/report.ts";

/** What will keep a file from being written, as far as it can be told before. */
export function unwritable(file: string): Mistake | undefined {
  const mistake = (why: string, help: string): Mistake => ({
    message: `The report ${file} cannot be written: ${why}.`,
    help,
  });
  const folder = dirname(file);
  if (!existsSync(folder)) return mistake(`there is no folder ${folder}`, "Make the folder, or name another file.");
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory()) return mistake("it is a folder", "Name a file in it.");
  if (mayWrite(found ? file : folder)) return undefined;
  return mistake(`${found ? "it" : folder} is closed to you`, "Change its permissions, or name another file.");
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns in words why it was not written */
export function writeReport(file: string, text: string): string | undefined {
  try {
    writeFileSync(file, text);
    return undefined;
  } catch (error) {
    return `The report ${file} was not written: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
