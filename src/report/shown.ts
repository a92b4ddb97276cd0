/** Where a report is shown, and what its readers find there. */

import type { Place } from "../model/report.ts";
import { clipped, code } from "./escape.ts";

/** Where a report is shown, and what a reader must know of how it came about. */
export interface Shown {
  /** The commit that was judged (of the pull request; what people see as head). */
  readonly head: string;
  /** `https://github.com/o/r/blob/<sha>`: files of the judged commit are seen under it; absent: no links. */
  readonly files?: string;
  /** The page of the run with the whole summary. */
  readonly run?: string;
  /** Sentences a reader has to know: that main has moved since, that a re-run could not be started. */
  readonly notes: readonly string[];
}

/** `file:line` as code, linked where the file can be seen; a name of more than `most` characters is cut, and not linked. */
export function placeLink({ file, line }: Place, files: string | undefined, most = 300): string {
  const label = code(`${clipped(file, most)}:${line}`);
  const path = files === undefined || file.length > most ? undefined : urlPath(file);
  if (path === undefined) return label;
  // Markdown is rendered, without lines, unless it is asked for as it is written.
  const plain = /\.(md|markdown)$/i.test(file) ? "?plain=1" : "";
  return `[${label}](${files}/${path}${plain}#L${line})`;
}

/** Everything that means something in an address or in Markdown is encoded; absent where browsers would lead elsewhere. */
function urlPath(file: string): string | undefined {
  const parts = file.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return undefined;
  return parts
    .map((part) =>
      encodeURIComponent(part.toWellFormed()).replace(
        /[!'()*~]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join("/");
}
