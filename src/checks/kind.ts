import type { z } from "zod";
import type { Json } from "../model/json.ts";
import type { Approvals, Database, Laboratory, Linter, Programs, Reviews, Tree } from "../model/ports.ts";
import type { Finding, MutantResult } from "../model/report.ts";

/** What a check may know of the phase whose gate it belongs to. */
export interface Subject {
  readonly phase: string;
  /** Paths of the phase's migrations in running order. */
  readonly migrations: readonly string[];
  /** Objects that the phase's migrations created, as the catalog names them (`table public.a`, `index public.b`). */
  readonly created: readonly string[];
  /** Major version of the server. */
  readonly major: number;
}

export interface Seen<Observed extends Json> {
  /** How many things were looked at. */
  readonly examined: number;
  readonly observed: Observed;
}

/** Sabotage that a check must notice. */
export type Sabotage<Observed extends Json = Json> =
  /** Statements for the transaction that the check then observes in. */
  | { readonly sql: readonly string[] }
  /** New contents of files, or `undefined` for a file that is gone. */
  | { readonly files: { readonly [path: string]: string | undefined } }
  /** Where neither can violate just this parameter: the recorded observation, changed. The report says "on evidence only". */
  | { readonly evidence: Observed };

export interface Mutant<Code extends string, Observed extends Json = Json> {
  /** Completes "the check notices when …". */
  readonly name: string;
  readonly sabotage: Sabotage<Observed>;
  /**
   * Used where PostgreSQL refuses `sabotage.sql` because something depends on the object.
   */
  readonly otherwise?: { readonly evidence: Observed };
  readonly provokes: Code;
}

/** @see KindOf.prepares */
export interface PreparingSql {
  /** From the check's parameters on. */
  readonly path: readonly [parameter: string, ...item: number[]];
  readonly sql: string;
}

export interface KindFinding<Code extends string> extends Finding {
  readonly code: Code;
}

/** Which of two versions of a check asks for more. What cannot be ordered counts as weaker. */
export type Strength = "same" | "stronger" | "weaker";

/** One thing that a new version of an oracle file changes. */
export interface OracleChange {
  readonly strength: Strength;
  /** Completes "tests/a.sql: …": `the case “…” is gone`. */
  readonly why: string;
  /** Its line in the new version; absent where it is gone. */
  readonly line?: number;
}

/** A world in which the claim holds; the generic test runs every kind over its own, together with their mutants. */
export interface Example<Input> {
  /** SQL before the phase, and the SQL of the phase's one migration (with markers where the kind reads them). */
  readonly before?: string;
  readonly setup?: string;
  readonly files?: { readonly [path: string]: string };
  /** What reviewers said of it, for kinds that ask. */
  readonly reviews?: Reviews;
  readonly params: Input;
}

/** Thrown by `observe`: what the check looks at is not there yet, and somebody has to see to it first. The check is not run. */
export class NotRun extends Error {
  override readonly name = "NotRun";
  readonly missing: Finding;

  constructor(missing: Finding) {
    super(missing.message);
    this.missing = missing;
  }
}

interface KindOf<Kind extends string, Schema extends z.ZodType, Observed extends Json, Code extends string, World> {
  /** The key in the plan, and the file's name. */
  readonly kind: Kind;
  /** One sentence: docs, `explain`, editor completion. */
  readonly summary: string;
  /** It runs programs of the change, which the policy of the plan has to allow. */
  readonly runsPrograms?: true;
  readonly params: Schema;
  readonly codes: readonly Code[];
  /** One line that says what is claimed. */
  claim(params: z.output<Schema>): string;
  /**
   * The only I/O. Decides nothing. Throws where it cannot look: the check is errored then; or `NotRun`, where there is
   * nothing to look at as yet.
   */
  observe(world: World, params: z.output<Schema>): Promise<Seen<Observed>>;
  /** Pure. No findings: the claim holds. */
  judge(params: z.output<Schema>, observed: Observed): readonly KindFinding<NoInfer<Code>>[];
  /** Sabotage of what this check of this plan looks at, one for every parameter it asserts; tried in every run. */
  mutants(params: z.output<Schema>, observed: Observed, world: World): readonly Mutant<NoInfer<Code>, Observed>[];
  /** For kinds whose proof is a search (a suite: case by case): instead of `mutants`, which then gives none. */
  prove?(world: World, params: z.output<Schema>, observed: Observed): Promise<readonly MutantResult[]>;
  /** How the ratchet orders two versions of a check. */
  strength(base: z.output<Schema>, head: z.output<Schema>): Strength;
  /** SQL of the check that is sent to prepare something, and where it stands: each text has to be one statement. */
  prepares?(params: z.output<Schema>): readonly PreparingSql[];
  /** Paths and globs of oracle files: files that are the expectation of the check. */
  oracles?(params: z.output<Schema>): readonly string[];
  /** What a new version of an oracle file asks for, differently; without it, every change of its text asks for less. */
  oracleChanges?(
    path: string,
    base: string,
    head: string,
    laboratory: Laboratory | undefined,
  ): Promise<readonly OracleChange[]>;
  readonly examples: readonly [Example<z.input<Schema>>, ...Example<z.input<Schema>>[]];
}

export interface DatabaseWorld {
  readonly database: Database;
  readonly tree: Tree;
  readonly subject: Subject;
}

/** Looks at a database, at the points named. `after` kinds are tried before the phase too, where they must fail. */
export interface DatabaseKind<Kind extends string, Schema extends z.ZodType, Observed extends Json, Code extends string>
  extends KindOf<Kind, Schema, Observed, Code, DatabaseWorld> {
  readonly looksAt: "database";
  readonly points: readonly ["after", "head"] | readonly ["head"];
}

export interface FilesWorld {
  readonly tree: Tree;
  readonly subject: Subject;
  readonly linter: Linter;
  readonly programs: Programs;
  readonly approvals: Approvals;
}

/** Looks at files of head, runs programs on a copy of them, or asks who approved them. */
export interface FilesKind<Kind extends string, Schema extends z.ZodType, Observed extends Json, Code extends string>
  extends KindOf<Kind, Schema, Observed, Code, FilesWorld> {
  readonly looksAt: "files";
}

export interface LaboratoryWorld {
  readonly laboratory: Laboratory;
  readonly tree: Tree;
  readonly subject: Subject;
}

/** Works in clones of its own, where it may commit. */
export interface LaboratoryKind<
  Kind extends string,
  Schema extends z.ZodType,
  Observed extends Json,
  Code extends string,
> extends KindOf<Kind, Schema, Observed, Code, LaboratoryWorld> {
  readonly looksAt: "laboratory";
  /** What it copies: the database at head, or the one just before each migration of its phase. */
  readonly clones: "head" | "migrations";
  /**
   * The files that it derives from what it sees, and compares with those of the tree: a run writes them when it is asked to.
   * What cannot be derived is left out; `judge` tells why.
   */
  derives?(world: LaboratoryWorld, params: z.output<Schema>): Promise<readonly DerivedFile[]>;
}

/** A file of the tree that a run makes. */
export interface DerivedFile {
  readonly path: string;
  readonly text: string;
}

export type CheckKind<
  Kind extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Observed extends Json = Json,
  Code extends string = string,
> =
  | DatabaseKind<Kind, Schema, Observed, Code>
  | FilesKind<Kind, Schema, Observed, Code>
  | LaboratoryKind<Kind, Schema, Observed, Code>;

export function defineDatabaseKind<
  const Kind extends string,
  Schema extends z.ZodType,
  Observed extends Json,
  const Code extends string,
>(kind: Omit<DatabaseKind<Kind, Schema, Observed, Code>, "looksAt">): DatabaseKind<Kind, Schema, Observed, Code> {
  return { ...kind, looksAt: "database" };
}

export function defineFilesKind<
  const Kind extends string,
  Schema extends z.ZodType,
  Observed extends Json,
  const Code extends string,
>(kind: Omit<FilesKind<Kind, Schema, Observed, Code>, "looksAt">): FilesKind<Kind, Schema, Observed, Code> {
  return { ...kind, looksAt: "files" };
}

export function defineLaboratoryKind<
  const Kind extends string,
  Schema extends z.ZodType,
  Observed extends Json,
  const Code extends string,
>(kind: Omit<LaboratoryKind<Kind, Schema, Observed, Code>, "looksAt">): LaboratoryKind<Kind, Schema, Observed, Code> {
  return { ...kind, looksAt: "laboratory" };
}
