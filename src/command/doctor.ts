import { kinds } from "../checks/table.ts";
import type { Facts, Settings } from "../doctor/facts.ts";
import { readFacts } from "../doctor/read-facts.ts";
import { conclusionOf, diagnosisText } from "../doctor/text.ts";
import { type Diagnosis, diagnose } from "../doctor/ways.ts";
import { gatesOf } from "../doctor/workflow-ways.ts";
import type { GitHub } from "../github/github.ts";
import { readPlanOf } from "../judge.ts";
import { history } from "../repository/git.ts";
import { askGit, lineOf } from "../repository/git-command.ts";
import { workingTree } from "../repository/working-tree.ts";
import { mistakesText } from "./mistakes.ts";
import type { Output } from "./output.ts";

export interface DoctorArguments {
  readonly plan: string;
  /** `owner/name`; that of the environment or of origin unless told. */
  readonly repository?: string;
  /** The default branch unless told. */
  readonly branch?: string;
  readonly json?: boolean;
}

type Environment = { readonly [name: string]: string | undefined };

/**
 * Says which ways around the gate are open in this repository's files and, with a token, in GitHub's settings.
 * @returns the exit code: 1 where one is open, 3 where a workflow cannot be read and none is open
 */
export async function doctorCommand(
  args: DoctorArguments,
  env: Environment,
  root: string,
  output: Output,
): Promise<0 | 1 | 2 | 3> {
  const git = history(root);
  if ("none" in git && git.none !== "no-git") {
    output.error(`${git.reason}\nRun doctor at the top of a checkout, where the workflows are.\n`);
    return 3;
  }
  const tree = workingTree(root);
  const isThere = tree.list().includes(args.plan);
  const reading = isThere ? readPlanOf(tree, args.plan) : undefined;
  if (reading && "mistakes" in reading) {
    output.error(mistakesText(reading.mistakes));
    return 2;
  }
  const { branch, settings } = await settingsOf(args, env, root, output);
  const facts = await readFacts(tree, reading?.read ?? args.plan, kinds, branch, settings);
  const diagnosis = diagnose(facts);
  output.out(
    args.json ? `${JSON.stringify(data(facts, diagnosis), null, 2)}\n` : diagnosisText(facts, diagnosis, output),
  );
  return ({ open: 1, "not-read": 3, "none-open": 0 } as const)[conclusionOf(facts, diagnosis)];
}

const data = (facts: Facts, diagnosis: Diagnosis) => ({
  version: 1,
  plan: facts.plan.file,
  branch: facts.branch,
  gates: gatesOf(facts).map(({ job, place }) => ({ place, job: job.id, check: job.check ?? null })),
  conclusion: conclusionOf(facts, diagnosis),
  ...diagnosis,
  unreadable: facts.unreadable,
});

async function settingsOf(
  { repository, branch }: DoctorArguments,
  env: Environment,
  root: string,
  output: Output,
): Promise<{ readonly branch: string; readonly settings: Settings }> {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  const name = repository ?? (env.GITHUB_REPOSITORY || originOf(root));
  const here = branch ?? branchHere(root);
  const unread = (why: string) => ({ branch: here ?? "main", settings: { protections: [], unread: [why] } });
  if (!token) {
    return unread(
      "The settings of the branch were not read: there is no token. Set GITHUB_TOKEN or GH_TOKEN (`gh auth token` prints one); one with `administration: read` sees most.",
    );
  }
  if (name === undefined)
    return unread(
      "The settings of the branch were not read: nothing says which repository this is. Give --repository owner/name.",
    );
  output.progress("Asking GitHub", name);
  // Loaded only here: most of the bundle.
  const { connect } = await import("../github/github.ts");
  const { defaultBranch, readSettings } = await import("../github/rules.ts");
  const github: GitHub = connect(token, name, env.GITHUB_API_URL || "https://api.github.com");
  const found = here === undefined ? await defaultBranch(github) : { branch: here };
  output.quiet();
  if ("none" in found) return unread(`The settings of the branch were not read: ${found.none}`);
  return { branch: found.branch, settings: await readSettings(github, found.branch) };
}

/** `owner/name`, of the URL of origin. */
function originOf(root: string): string | undefined {
  const url = told(root, "config", "--get", "remote.origin.url");
  return /[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(url ?? "")?.[1];
}

/** The default branch, as this clone knows it. */
export const branchHere = (root: string): string | undefined =>
  told(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")?.replace(/^origin\//, "");

function told(root: string, ...args: readonly string[]): string | undefined {
  const answer = askGit(root, args);
  return answer.status === "answered" ? lineOf(answer.out) : undefined;
}
