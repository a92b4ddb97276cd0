import { inert } from "../report/escape.ts";

/** Where a command speaks. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
  /** Says what is going on: on a terminal in one line that changes, elsewhere in one line for each stage. */
  progress(stage: string, text: string): void;
  /** Takes the line that says what is going on away. */
  quiet(): void;
  readonly colour: boolean;
  readonly width: number;
}

/** Standard output and standard error, with colour and motion only where a person looks on. */
export function standardOutput(env: { readonly [name: string]: string | undefined }): Output {
  const { stdout, stderr } = process;
  const plain = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  const forced = !["", "0", "false", undefined].includes(env.FORCE_COLOR);
  // There the log is read for commands, and what stands in it is the change's.
  const safe = (text: string) => (env.GITHUB_ACTIONS === "true" ? inert(text) : text);
  let shown = false;
  let last = "";
  const clear = () => {
    if (shown) stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(safe(text));
    },
    error: (text) => {
      clear();
      stderr.write(safe(text));
    },
    progress: (stage, text) => {
      if (!stderr.isTTY || env.TERM === "dumb") {
        if (stage !== last) stderr.write(`${stage}\n`);
        last = stage;
        return;
      }
      clear();
      stderr.write(`  ${stage}${text === "" ? "" : `: ${text}`}`.slice(0, (stderr.columns || 80) - 1));
      shown = true;
    },
    quiet: clear,
    colour: !plain && (forced || stdout.isTTY === true),
    width: stdout.columns || 96,
  };
}
