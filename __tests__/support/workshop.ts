import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../../src/model/report.ts";
import { cli, type Finished } from "./project.ts";
import { stage } from "./stage.ts";

/** A git repository with the migrations of the reference project and a plan that is quick to run, to work and to cheat in. */

const reference = fileURLToPath(new URL("../..", import.meta.url));

const clock = { date: "2026-01-05T10:00:00Z" };
const identity = {
  GIT_AUTHOR_NAME: "Eve",
  GIT_AUTHOR_EMAIL: "eve@example.org",
  GIT_COMMITTER_NAME: "Eve",
  GIT_COMMITTER_EMAIL: "eve@example.org",
  GIT_AUTHOR_DATE: clock.date,
  GIT_COMMITTER_DATE: clock.date,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

export const migrationOf = {
  "4A": "migrations/20251113120000000_enhance-allocation-schema.sql",
  "4B": "migrations/20251114120000000_add-sum-equality-validation.sql",
  "4C": "migrations/20251115120000000_enhance-revenue-ledger.sql",
} as const;
export const documentOf = (phase: string): string => `db/docs/PHASE_${phase}_EXIT_GATE_VERIFICATION.md`;
export const suite = "db/tests/test_idempotency.sql";

/** Files that come with a phase, beside its migration and document; contents from the reference project, or written here. */
const filesOf: { readonly [phase: string]: { readonly [path: string]: string | undefined } } = {
  "4A": {
    // Shorter than the project's own: each of its boxes is unticked once in every run.
    "db/docs/reviews/4A_migration_safety_review.md":
      "# Safety review: 4A\n\n- [x] **Locks.** `lock_timeout` 5 s.\n- [x] **Down.** Two columns go.\n- [x] **Secrets.** None.\n",
    "db/fixtures/one-event.sql": undefined,
    "db/fixtures/allocations.sql": undefined,
    "db/fixtures/allocations-after.sql": undefined,
    [suite]: readFileSync(join(reference, "docs/tutorial/test_idempotency.sql"), "utf8"),
  },
  "4B": { "db/docs/ROUNDING_POLICY.md": undefined },
  "4C": {},
};

/** The plan of the tutorial, the first phases of the reference project, with a shorter review. */
export const planWithRoundTrip = readFileSync(join(reference, "docs/tutorial/plan.yml"), "utf8").replace(
  "at-least: 14",
  "at-least: 2",
);

/** The same without its round trip, which takes a third of a run. */
export const plan = planWithRoundTrip.replace(/^ {6}- id: 4A\.6\n(?: {8}.*\n)+/m, "");

const baselineMigrations = () =>
  Object.fromEntries(
    [
      "migrations/20251112090000000_create-core-tables.sql",
      "migrations/20251112093000000_enable-row-level-security.sql",
      "migrations/20251112100000000_create-materialized-views.sql",
    ].map((path) => [path, readFileSync(join(reference, path), "utf8")]),
  );

export interface Workshop {
  readonly root: string;
  read(path: string): string;
  exists(path: string): boolean;
  write(path: string, text: string): void;
  /** Fails where it changes nothing. */
  edit(path: string, change: (text: string) => string): void;
  remove(path: string): void;
  move(from: string, to: string): void;
  /** Puts the migration and the files of a phase of the reference project into the checkout. */
  add(phase: "4A" | "4B" | "4C"): void;
  git(...args: readonly string[]): string;
  commit(message: string): string;
  /** Commits what there is, and makes it what `main` and `origin/main` are: as a merge by squash leaves it. */
  land(message: string): void;
  /** A branch off main. */
  branch(name: string): void;
  phasegate(...args: readonly string[]): Promise<Finished>;
  /** `run --json` on this branch. */
  judge(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly report: Report | undefined; readonly said: string }>;
  /** Writes a recording in which these people approve the commit that is checked out; for `--approvals`. */
  approve(...people: readonly string[]): string;
  copy(): Workshop;
  dispose(): void;
}

function workshopAt(root: string): Workshop {
  const at = (path: string) => join(root, path);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, ...identity },
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const phasegate = (...args: readonly string[]) =>
    cli(args, { cwd: root, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } });
  const commit = (message: string): string => {
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  };
  const workshop: Workshop = {
    root,
    read: (path) => readFileSync(at(path), "utf8"),
    exists: (path) => existsSync(at(path)),
    write,
    edit: (path, change) => {
      const before = workshop.read(path);
      const after = change(before);
      if (after === before) throw new Error(`the edit of ${path} changes nothing`);
      writeFileSync(at(path), after);
    },
    remove: (path) => rmSync(at(path)),
    move: (from, to) => {
      mkdirSync(dirname(at(to)), { recursive: true });
      renameSync(at(from), at(to));
    },
    add: (phase) => {
      write(migrationOf[phase], readFileSync(join(reference, migrationOf[phase]), "utf8"));
      for (const [path, text] of Object.entries(filesOf[phase] ?? {})) {
        write(path, text ?? readFileSync(join(reference, path), "utf8"));
      }
    },
    git,
    commit,
    land: (message) => {
      const head = commit(message);
      git("update-ref", "refs/heads/main", head);
      git("update-ref", "refs/remotes/origin/main", head);
    },
    branch: (name) => {
      git("checkout", "-q", "-b", name, "main");
    },
    phasegate,
    judge: async (...args) => {
      const { code, stdout, stderr } = await phasegate("run", "--json", ...args);
      const report = stdout === "" ? undefined : (JSON.parse(stdout) as Report); // what the schema test holds
      return { code, report, said: stderr };
    },
    approve: (...people) => {
      const head = git("rev-parse", "HEAD");
      const file = join(root, "..", `${root.split("/").at(-1)}-reviews.json`);
      const reviews = people.map((reviewer) => ({ reviewer, commit: head, state: "approved" }));
      writeFileSync(file, JSON.stringify({ author: "@eve", head, reviews }));
      return file;
    },
    copy: () => {
      const copy = mkdtempSync(join(tmpdir(), "phasegate-workshop-"));
      cpSync(root, copy, { recursive: true });
      return workshopAt(copy);
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
  return workshop;
}

/** A repository with migrations, those of the reference project's baseline, and no plan. */
export function unplanned(migrations: { readonly [path: string]: string } = baselineMigrations()): Workshop {
  const root = mkdtempSync(join(tmpdir(), "phasegate-workshop-"));
  const workshop = workshopAt(root);
  workshop.git("init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(migrations)) workshop.write(path, text);
  workshop.land("The schema as it is");
  workshop.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  return workshop;
}

const done = async (workshop: Workshop, ...args: readonly string[]): Promise<void> => {
  const { code, stdout, stderr } = await workshop.phasegate(...args);
  if (code !== 0) throw new Error(`phasegate ${args.join(" ")}: exit ${code}\n${stdout}${stderr}`);
};

/** The baseline verified, and 4A to 4C planned. */
export async function adopted(text = plan): Promise<Workshop> {
  return copyOf("adopted", text, async () => {
    const workshop = unplanned();
    workshop.write("phasegate.yml", text);
    await done(workshop, "verify", "baseline");
    workshop.land("Adopt the plan");
    return workshop;
  });
}

/** 4A verified and merged. */
export async function with4A(text = plan): Promise<Workshop> {
  return copyOf("with 4A", text, async () => {
    const workshop = await adopted(text);
    workshop.branch("4A");
    workshop.add("4A");
    await done(workshop, "verify", "4A");
    workshop.land("4A");
    return workshop;
  });
}

/** A copy of what is kept under these words. */
export async function copyOf(name: string, text: string, build: () => Promise<Workshop>): Promise<Workshop> {
  let built: Workshop | undefined;
  const kept = await stage(JSON.stringify([name, text, filesOf]), async () => {
    built = await build();
    return built.root;
  });
  return built ?? workshopAt(kept).copy();
}
