/** Where a command speaks. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
  /** Replaces the line that says what is going on; only on a terminal. */
  progress(text: string): void;
  readonly colour: boolean;
  readonly width: number;
}

/** Standard output and standard error, with colour and motion only where a person looks on. */
export function standardOutput(env: { readonly [name: string]: string | undefined }): Output {
  const { stdout, stderr } = process;
  const plain = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  const forced = !["", "0", "false", undefined].includes(env.FORCE_COLOR);
  let shown = false;
  const clear = () => {
    if (shown) stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    out: (text) => {
      clear();
      stdout.write(text);
    },
    error: (text) => {
      clear();
      stderr.write(text);
    },
    progress: (text) => {
      if (!stderr.isTTY || env.TERM === "dumb") return;
      clear();
      stderr.write(text.slice(0, (stderr.columns || 80) - 1));
      shown = text !== "";
    },
    colour: !plain && (forced || stdout.isTTY === true),
    width: stdout.columns || 96,
  };
}
