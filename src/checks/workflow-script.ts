/** What a shell script of a workflow does, as far as its text says: a list of simple commands. */

/** What stands between two commands. */
export type Separator = "&&" | "||" | "|" | "&" | ";";

/** One simple command. */
export interface Command {
  /** Without quotes, and without what redirects. */
  readonly words: readonly string[];
  /** Where its input comes from and its output goes, as words: `>`, `log.txt`. */
  readonly redirects: readonly string[];
  /** Counted from 1 within the script. */
  readonly line: number;
  /** Offset just behind its last word. */
  readonly end: number;
  /** In how many conditions, loops, groups and functions it stands. */
  readonly depth: number;
  /** What it does to folder and variables ends with a `(…)` that it stands in. */
  readonly subshell: boolean;
  /** Its status is turned round by `!`. */
  readonly inverted: boolean;
  readonly before: Separator;
  readonly after: Separator;
}

export interface Script {
  readonly commands: readonly Command[];
  /** Functions that it defines. */
  readonly functions: readonly string[];
}

const opening = new Set(["if", "while", "until", "for", "case", "select", "{"]);
const closing = new Set(["fi", "done", "esac", "}"]);
/** A command may follow these. */
const between = new Set(["then", "do", "else", "elif", "time"]);

/** Reads POSIX shell and bash. Comments, here-documents and quoted text are no commands; an expression `${{ … }}` is one word. */
export function readScript(text: string): Script {
  const commands: Command[] = [];
  const functions: string[] = [];
  const heredocs: { readonly delimiter: string; readonly tabs: boolean }[] = [];
  const open: ("(" | "word")[] = [];
  let at = 0;
  let words: string[] = [];
  let word: string | undefined;
  /** Only an unquoted word is a reserved one. */
  let quoted = false;
  let inverted = false;
  let redirects: string[] = [];
  /** An operator was read; its target is the rest of the word, or the next one. */
  let redirecting = false;
  let start = 0;
  let end = 0;
  let before: Separator = ";";

  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const begin = () => {
    if (word === undefined && words.length === 0 && redirects.length === 0) start = at;
    word ??= "";
  };
  const endWord = () => {
    if (word === undefined) return;
    if (redirecting) {
      redirects.push(word);
      end = at;
      redirecting = !quoted && /^(?:\d+|&)?[<>][<>&|]*$/.test(word);
      word = undefined;
      quoted = false;
      return;
    }
    const isDefinition = words.length === 2 && words[0] === "function" && word === "{";
    if (
      words.length === 0 &&
      !quoted &&
      (opening.has(word) || closing.has(word) || between.has(word) || word === "!")
    ) {
      if (opening.has(word)) open.push("word");
      if (closing.has(word)) open.pop();
      if (word === "!") inverted = !inverted;
    } else if (isDefinition) {
      functions.push(words[1] ?? "");
      words = [];
      open.push("word");
    } else {
      words.push(word);
      end = at;
    }
    word = undefined;
    quoted = false;
  };
  const endCommand = (after: Separator) => {
    endWord();
    if (words.length > 0 || redirects.length > 0) {
      const subshell = open.includes("(");
      const place = { line: lineAt(start), end, depth: open.length, subshell };
      commands.push({ words, redirects, ...place, inverted, before, after });
    }
    words = [];
    redirects = [];
    redirecting = false;
    inverted = false;
    before = after;
  };
  /** Takes text into the word up to the end of what `close` ends, quotes and nesting included. */
  const take = (opener: string, close: string) => {
    begin();
    const from = at;
    let depth = 0;
    for (; at < text.length; at += 1) {
      if (text[at] === "\\") at += 1;
      else if (text.startsWith(close, at)) {
        depth -= 1;
        at += close.length - 1;
        if (depth <= 0) break;
      } else if (text.startsWith(opener, at)) {
        depth += 1;
        at += opener.length - 1;
      }
    }
    at += 1;
    word += text.slice(from, at);
  };
  const skipHeredocs = () => {
    for (const { delimiter, tabs } of heredocs.splice(0)) {
      while (at < text.length) {
        const stop = text.indexOf("\n", at);
        const line = text.slice(at, stop < 0 ? text.length : stop);
        at = stop < 0 ? text.length : stop + 1;
        if ((tabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
      }
    }
  };

  while (at < text.length) {
    const rest = text.slice(at, at + 3);
    const char = rest[0] ?? "";
    const heredoc = /^<<(-?)[ \t]*(['"]?)([A-Za-z_][\w-]*)\2/.exec(text.slice(at, at + 100));
    if (rest.startsWith("\\\n")) at += 2;
    else if (char === "\\") {
      begin();
      quoted = true;
      word += rest[1] ?? "";
      at += 2;
    } else if (char === "'" || char === '"') {
      begin();
      quoted = true;
      at += 1;
      while (at < text.length && text[at] !== char) {
        if (char === '"' && text[at] === "\\") at += 1;
        word += text[at] ?? "";
        at += 1;
      }
      at += 1;
    } else if (char === "`") {
      begin();
      const stop = text.indexOf("`", at + 1);
      word += text.slice(at, stop < 0 ? text.length : stop + 1);
      at = stop < 0 ? text.length : stop + 1;
    } else if (rest === "${{") take("${{", "}}");
    else if (rest.startsWith("$(")) take("(", ")");
    else if (rest.startsWith("${")) take("{", "}");
    else if (char === "#" && word === undefined) {
      const stop = text.indexOf("\n", at);
      at = stop < 0 ? text.length : stop;
    } else if (rest === "<<<") {
      endWord();
      begin();
      redirecting = true;
      word += rest;
      at += 3;
    } else if (heredoc) {
      heredocs.push({ delimiter: heredoc[3] ?? "", tabs: heredoc[1] === "-" });
      endWord();
      at += heredoc[0].length;
    } else if (char === "\n") {
      endCommand(continues(commands, words, word, before) ? before : ";");
      at += 1;
      skipHeredocs();
    } else if (char === " " || char === "\t" || char === "\r") {
      endWord();
      at += 1;
    } else if (rest.startsWith("&&") || rest.startsWith("||")) {
      endCommand(char === "&" ? "&&" : "||");
      at += 2;
    } else if (char === "|") {
      endCommand("|");
      at += rest.startsWith("|&") ? 2 : 1;
    } else if (char === "&" && !/[<>]$/.test(text.slice(0, at)) && rest[1] !== ">") {
      endCommand("&");
      at += 1;
    } else if (char === ";") {
      endCommand(";");
      at += 1;
    } else if (char === "(" && (word !== undefined || words.length > 0)) {
      // `name()`, or `name=(…)`, whose elements are no commands.
      const definition = /^\(\s*\)/.exec(text.slice(at));
      if (definition) {
        endWord();
        functions.push(words.at(-1) ?? "");
        words = [];
        at += definition[0].length;
      } else take("(", ")");
    } else if (char === "(") {
      open.push("(");
      at += 1;
    } else if (char === ")") {
      // Of `case` patterns too, which are no commands.
      endWord();
      if (open.at(-1) === "(") {
        endCommand(";");
        open.pop();
      } else words = [];
      at += 1;
    } else if (char === "<" || char === ">") {
      if (quoted || !/^(?:\d+|&)?$/.test(word ?? "")) endWord();
      begin();
      redirecting = true;
      const operator = /^(?:<&|<>|>>|>&|>\||[<>])/.exec(rest)?.[0] ?? char;
      word += operator;
      at += operator.length;
    } else {
      begin();
      word += char;
      at += 1;
    }
  }
  endCommand(";");
  return { commands, functions };
}

/** After `&&`, `||` or `|` the command goes on in the next line. */
const continues = (
  commands: readonly Command[],
  words: readonly string[],
  word: string | undefined,
  before: Separator,
): boolean => commands.length > 0 && words.length === 0 && word === undefined && before !== ";" && before !== "&";

/** The words without the variables that are set for the command alone. */
export const withoutAssignments = (words: readonly string[]): readonly string[] => {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return first < 0 ? [] : words.slice(first);
};
