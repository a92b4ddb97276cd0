import { type Command, readScript, withoutAssignments } from "./workflow-script.ts";

/** What may make a command another one: of its name, of the files that it reads, of the shell that runs it. */

/** Completes "`npm test` …". */
export interface Altering {
  readonly found: string;
  readonly help: string;
}

const choosing =
  /^(?:PATH|BASH_ENV|BASH_FUNC_.*|SHELLOPTS|BASHOPTS|LD_PRELOAD|LD_LIBRARY_PATH|npm_config_(?:script_shell|shell|prefix|globalconfig|userconfig|ignore_scripts|if_present|dry_run|node_options|workspaces?|global|location))$/i;

/** Whether a variable chooses which program is run, or what it reads first. */
export const chooses = (name: string, value: string): boolean =>
  choosing.test(name) ||
  (name === "NODE_OPTIONS" && /(?:^|[\s"'])(?:-r|--(?:require|import|(?:experimental-)?loader))\b/.test(value));

/** The first variable that does, of words like `NAME=value`. */
export function choosingIn(words: readonly string[]): string | undefined {
  const names = words.flatMap((word) => {
    const [, name, value = ""] = /^([A-Za-z_]\w*)\+?=([\s\S]*)$/.exec(word) ?? [];
    return name !== undefined && chooses(name, value) ? [name] : [];
  });
  return names[0];
}

const exporting = new Set(["export", "declare", "typeset", "readonly", "local"]);
const packagers = new Set(["npm", "pnpm", "yarn", "bun"]);
const treeCommands = /^(?:am|apply|checkout|cherry-pick|clean|merge|pull|rebase|reset|restore|revert|stash|switch)$/;
const reading = new Set(["cat", "grep", "jq", "head", "tail", "test", "[", "echo", "ls", "wc", "sha256sum"]);

/** What a command before it, in the same script, does to the shell that runs it. */
export function altersShell(command: Command, program: string): Altering | undefined {
  const [first, ...rest] = withoutAssignments(command.words);
  const written = said(command);
  const out = `Take \`${written}\` out.`;
  if (first === "source" || first === ".") {
    const help = "Run it as a program, or write what it sets into `env:`.";
    return { found: `comes after \`${written}\`, which may change what it does`, help };
  }
  if (first === "eval" || first === "hash" || first === "enable")
    return { found: `comes after \`${written}\`, which may change what it does`, help: out };
  if (first === "alias" && rest.some((word) => word.startsWith(`${program}=`)))
    return { found: `comes after \`${written}\`, which makes it another command`, help: out };
  const assigned = first === undefined ? command.words : exporting.has(first) ? rest : [];
  const name = choosingIn(assigned);
  return name === undefined
    ? undefined
    : { found: `comes after \`${written}\`, and ${name} chooses what is run`, help: out };
}

/** What a command before it, in its script or in an earlier step, does to the files that are there. */
export function altersFiles(command: Command): Altering | undefined {
  const [first = "", ...rest] = withoutAssignments(command.words);
  const written = said(command);
  const out = `Take \`${written}\` out.`;
  if (packagers.has(first) && setsUp(rest))
    return { found: `comes after \`${written}\`, which changes what it does`, help: out };
  if (first === "git" && treeCommands.test(rest.find((word) => !word.startsWith("-")) ?? ""))
    return { found: `comes after \`${written}\`, and is run on other files than were checked out`, help: out };
  const overwrites = command.redirects.some(isSetup);
  const edits = !reading.has(first) && !packagers.has(first) && rest.some(isSetup);
  if (overwrites || edits) return { found: `comes after \`${written}\`, which may change what it does`, help: out };
  return undefined;
}

/** `npm pkg set scripts.test=true`, `npm config set script-shell …`; a version or a registry is no concern. */
function setsUp(given: readonly string[]): boolean {
  const [verb = "", ...rest] = given.filter((word) => !word.startsWith("-"));
  const [what = "", ...keys] = verb === "set" ? ["set", ...rest] : rest;
  if (verb === "set-script") return true;
  if (verb === "pkg")
    return /^(?:set|delete)$/.test(what) && keys.some((key) => !/^(?:version|name|description)\b/.test(key));
  if (what !== "set" || (verb !== "set" && verb !== "config")) return false;
  return keys.some((key) => chooses(`npm_config_${key.replace(/=.*$/, "").replaceAll("-", "_")}`, ""));
}

/** Files that say what a script of the package is. */
const isSetup = (word: string): boolean => /(?:^|[>/])(?:package\.json|\.npmrc)$/.test(word);

/** What an earlier step leaves to all that come after it. */
export function altersLater(script: string): readonly Altering[] {
  const { commands } = readScript(script);
  const found: Altering[] = commands.flatMap((command) => altersFiles(command) ?? []);
  if (commands.some(({ redirects, words }) => [...redirects, ...words].some((word) => word.includes("GITHUB_PATH"))))
    found.push({
      found: "comes after a step that writes to `$GITHUB_PATH`, which chooses what is run",
      help: "Call the program that is meant by its path, in a step after this one.",
    });
  for (const { words, redirects } of commands) {
    if (![...words, ...redirects].some((word) => word.includes("GITHUB_ENV"))) continue;
    // Of a here-document or a group the script's text is all that there is to look at.
    const written = words[0] === "echo" || words[0] === "printf" ? words.join("\n") : script;
    const set = [...written.matchAll(/([A-Za-z_]\w*)(?:=|<<)/g)].map(([, name = ""]) => name);
    const name = set.find((one) => chooses(one, "--require"));
    if (name !== undefined)
      found.push({
        found: `comes after a step that writes ${name} to \`$GITHUB_ENV\`, which chooses what is run`,
        help: `Take ${name} out.`,
      });
  }
  return found;
}

const said = ({ words, redirects }: Command): string => [...words, ...redirects].join(" ").slice(0, 80);
