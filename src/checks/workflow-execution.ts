import { type Command, readScript, type Script, withoutAssignments } from "./workflow-script.ts";

/** Why a command that a script names may not be run, or may fail unnoticed. */
export interface Trouble {
  readonly code: "conditional" | "harmless";
  /** Completes "`npm test` …". */
  readonly found: string;
  readonly help: string;
}

/** A command of a script that begins with the words that were asked for. */
export interface Execution {
  /** Counted from 1 within the script. */
  readonly line: number;
  /** Offset just behind its last word. */
  readonly end: number;
  readonly troubles: readonly Trouble[];
}

/** The words of a command that is asked for; `undefined` where it is not exactly one simple command. */
export function wordsOf(command: string): readonly string[] | undefined {
  const { commands, functions } = readScript(command);
  const [first, ...rest] = commands;
  const isOne = first && rest.length === 0 && functions.length === 0 && first.depth === 0 && first.after === ";";
  return isOne && !first.inverted && withoutAssignments(first.words).length > 0 ? first.words : undefined;
}

/** Every place where a script runs the command, with what speaks against it. */
export function executionsOf(text: string, command: string, pipefail: boolean): readonly Execution[] {
  const asked = wordsOf(command) ?? [];
  const script = readScript(text);
  return script.commands.flatMap((found, index): Execution[] => {
    const candidates = [found.words, withoutAssignments(found.words)];
    if (!candidates.some((words) => asked.every((word, at) => words[at] === word))) return [];
    const { line, end } = found;
    return [{ line, end, troubles: [...reached(script, index), ...heeded(script, index, pipefail)] }];
  });
}

/** What may keep it from being run. */
function reached({ commands, functions }: Script, index: number): Trouble[] {
  const command = commands[index];
  if (!command) return [];
  const conditional = (found: string, help: string): Trouble => ({ code: "conditional", found, help });
  const troubles: Trouble[] = [];
  const [program = ""] = withoutAssignments(command.words);
  const own = "Write it as a line of its own, outside of conditions, loops, groups and functions.";
  if (command.depth > 0) troubles.push(conditional("stands inside a condition, a loop, a group or a function", own));
  if (command.before === "&&" || command.before === "||") {
    troubles.push(conditional(`is run only as \`${command.before}\` of another command lets it`, own));
  }
  const leaving = commands.slice(0, index).find(leavesWell);
  if (leaving) {
    const words = leaving.words.join(" ");
    troubles.push(
      conditional(
        `comes after \`${words}\`, which ends the script`,
        `Take \`${words}\` out, or move the command above it.`,
      ),
    );
  }
  if (functions.includes(program)) {
    troubles.push(conditional(`is a function that the script defines`, `Take the function \`${program}\` out.`));
  }
  return troubles;
}

/** Ends the script, or goes on as another program, without telling a failure. */
const leavesWell = ({ words, depth, before, after }: Command): boolean => {
  const [program, argument] = withoutAssignments(words);
  if (program === "exec") return !words.some((word) => /^\d*[<>]/.test(word)) || words.length > 2;
  if (program !== "exit" && program !== "return") return false;
  const always = depth === 0 && before === ";" && after !== "&";
  return always || argument === undefined || !/^[1-9]\d*$/.test(argument);
};

/** What may keep its failure from being noticed. */
function heeded({ commands }: Script, index: number, pipefail: boolean): Trouble[] {
  const command = commands[index];
  if (!command) return [];
  const harmless = (found: string, help: string): Trouble => ({ code: "harmless", found, help });
  const troubles: Trouble[] = [];
  const earlier = commands.slice(0, index);
  const next = commands[index + 1];
  const isLast = next === undefined;
  if (command.inverted) troubles.push(harmless("has its status turned round by `!`", "Take `!` out."));
  if (command.after === "||" && !failsAgain(next)) {
    const fallback = next === undefined ? "" : ` ${next.words.join(" ")}`;
    troubles.push(harmless(`is followed by \`||${fallback}\`, so its failure is passed over`, "Take that out."));
  }
  if (command.after === "&&" && !endsWith(commands, index)) {
    const help = "Write the commands on lines of their own.";
    troubles.push(harmless("is followed by `&&` and by more commands, so its failure ends nothing", help));
  }
  if (command.after === "|" && !(pipefail || earlier.some((one) => sets(one, "pipefail", "-")))) {
    const help = "Give the step `shell: bash`, which fails where any command of a pipe fails.";
    troubles.push(harmless("is followed by a pipe, whose last command alone decides", help));
  }
  if (command.after === "&") troubles.push(harmless("is sent to the background by `&`", "Take `&` out."));
  if (earlier.some((one) => sets(one, "errexit", "+")) && !isLast) {
    troubles.push(harmless("comes after `set +e`, so its failure ends nothing", "Take `set +e` out."));
  }
  if (commands.some(({ words }) => words[0] === "trap")) {
    troubles.push(harmless("is in a script with a `trap`, which may change how it ends", "Take the `trap` out."));
  }
  return troubles;
}

/** `|| exit 1`, `|| false` */
const failsAgain = (command: Command | undefined): boolean => {
  const [program, status, ...more] = command?.words ?? [];
  if (!command || command.depth > 0 || command.after !== ";" || more.length > 0) return false;
  return program === "false" || (program === "exit" && (status === undefined || /^[1-9]\d*$/.test(status)));
};

/** Nothing but what `&&` joins to it comes after it. */
const endsWith = (commands: readonly Command[], index: number): boolean =>
  commands.slice(index, -1).every(({ after }) => after === "&&");

/** `set +e`, `set -o pipefail`, `set -euo pipefail` */
const sets = ({ words }: Command, option: "errexit" | "pipefail", sign: "+" | "-"): boolean =>
  words[0] === "set" &&
  words.some((word, at) => {
    if (!word.startsWith(sign)) return false;
    return (option === "errexit" && /^.\w*e/.test(word)) || (/^.\w*o$/.test(word) && words[at + 1] === option);
  });
