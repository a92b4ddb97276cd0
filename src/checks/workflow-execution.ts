import { altersFiles, altersShell, choosingIn } from "./workflow-altering.ts";
import { type Command, readScript, type Script, withoutAssignments } from "./workflow-script.ts";

/** Why a command that a script names may not be run, or may fail unnoticed. */
export interface Trouble {
  readonly code: "conditional" | "harmless" | "arguments" | "altered";
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
  /** Where `cd` goes before it, one after the other; `null` where nobody can tell. */
  readonly moves: readonly (string | null)[];
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
    const troubles = [
      ...exact(found.words, asked),
      ...altered(script, index, asked),
      ...reached(script, index),
      ...heeded(script, index, pipefail),
    ];
    return [{ line, end, troubles, moves: script.commands.slice(0, index).flatMap(moved) }];
  });
}

/** Whether it is given what was not asked for: `--help` is no test. */
function exact(words: readonly string[], asked: readonly string[]): Trouble[] {
  const own = asked.every((word, at) => words[at] === word) ? words : withoutAssignments(words);
  const more = own.slice(asked.length).join(" ");
  const help = "Take it out, or write it into `runs` of the check.";
  return more === "" ? [] : [{ code: "arguments", found: `is given \`${more}\` besides`, help }];
}

/** What may make it another command. */
function altered({ commands }: Script, index: number, asked: readonly string[]): Trouble[] {
  const [program = ""] = withoutAssignments(asked);
  const before = commands
    .slice(0, index)
    .filter(({ subshell }) => !subshell)
    .flatMap((command) => altersShell(command, program) ?? altersFiles(command) ?? []);
  const words = commands[index]?.words ?? [];
  const assigned = words.slice(0, words.length - withoutAssignments(words).length);
  const name = choosingIn(assigned.filter((word) => !asked.includes(word)));
  const own =
    name === undefined ? [] : [{ found: `is given ${name}, which chooses what is run`, help: `Take ${name} out.` }];
  return [...before, ...own].map((one) => ({ code: "altered" as const, ...one }));
}

/** Where a command goes, if it does. */
function moved({ words, subshell, depth }: Command): readonly (string | null)[] {
  const [program, ...rest] = withoutAssignments(words);
  if (subshell || (program !== "cd" && program !== "pushd" && program !== "popd")) return [];
  const [to, ...more] = rest.filter((word) => word === "-" || !word.startsWith("-"));
  return [program === "popd" || depth > 0 || to === undefined || to === "-" || more.length > 0 ? null : to];
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
const leavesWell = ({ words, redirects, depth, before, after }: Command): boolean => {
  const [program, argument] = withoutAssignments(words);
  if (program === "exec") return argument !== undefined || redirects.length === 0;
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

/** `set +e`, `set -o pipefail`, `set -euo pipefail`, `shopt -uo errexit` */
const sets = ({ words }: Command, option: "errexit" | "pipefail", sign: "+" | "-"): boolean =>
  (words[0] === "shopt" && words.includes(option) && (sign === "+") === words.some((word) => /^-\w*u/.test(word))) ||
  (words[0] === "set" &&
    words.some((word, at) => {
      if (!word.startsWith(sign)) return false;
      return (option === "errexit" && /^.\w*e/.test(word)) || (/^.\w*o$/.test(word) && words[at + 1] === option);
    }));
