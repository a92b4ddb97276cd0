import type { ParseWorkflowResult } from "@actions/workflow-parser";
import { readData } from "./data-file.ts";
import { chooses } from "./workflow-altering.ts";

/** Which runs of an event a filter lets through; as the workflow says it. */
export type Filters = { readonly [filter: string]: readonly string[] };

export type Step = {
  readonly line: number;
  readonly run: string | null;
  /** The line that the script begins on. */
  readonly runLine: number;
  readonly uses: string | null;
  readonly if: string | null;
  readonly continueOnError: string | null;
  readonly background: boolean;
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  /** What chooses which program is run, of the variables of the workflow, the job, its container and the step. */
  readonly env: { readonly [name: string]: string };
  /** What a checkout is given. */
  readonly with: { readonly [input: string]: string };
};

export type Job = {
  readonly id: string;
  readonly line: number;
  readonly needs: readonly string[];
  readonly if: string | null;
  readonly continueOnError: string | null;
  /** A reusable workflow, which is not followed. */
  readonly reuses: string | null;
  readonly windows: boolean;
  readonly steps: readonly Step[];
};

export type Workflow = {
  readonly events: { readonly [event: string]: Filters };
  readonly jobs: readonly Job[];
};

export type WorkflowFile =
  | { readonly status: "no-file" }
  | { readonly status: "invalid"; readonly mistakes: readonly { readonly line: number; readonly message: string }[] }
  | { readonly status: "workflow"; readonly workflow: Workflow };

type Token = NonNullable<ParseWorkflowResult["value"]>;
type Parser = typeof import("@actions/workflow-parser");

/** Reads a workflow as GitHub does, or says what GitHub would refuse. Reusable workflows and composite actions are not followed. */
export async function readWorkflow(path: string, text: string | undefined): Promise<WorkflowFile> {
  if (text === undefined) return { status: "no-file" };
  // Refuses what unfolds without end, before the parser unfolds it.
  const data = readData(text);
  if ("mistake" in data) {
    const [, line = "1", message = data.mistake] = /^line (\d+): (.*)$/s.exec(data.mistake) ?? [];
    return { status: "invalid", mistakes: [{ line: Number(line), message }] };
  }
  // Loaded when a plan needs it: its schema alone has 100 kB, and Node refuses its JSON import outside of a bundle.
  const [parser, { TemplateContext, TemplateValidationErrors }, { getWorkflowSchema }] = await Promise.all([
    import("@actions/workflow-parser"),
    import("@actions/workflow-parser/templates/template-context"),
    import("@actions/workflow-parser/workflows/workflow-schema"),
  ]);
  const trace = new parser.NoOperationTraceWriter();
  const context = new TemplateContext(new TemplateValidationErrors(), getWorkflowSchema(), trace);
  // GitHub knows steps in the background; to the parser they are still a feature that has to be asked for.
  context.state.featureFlags = { isEnabled: (feature: string) => feature === "allowBackgroundSteps" };
  const { value } = parser.parseWorkflow({ name: path, content: text }, context);
  const template = value === undefined ? undefined : await parser.convertWorkflowTemplate(context, value);
  const mistakes = context.errors.getErrors().map(({ rawMessage, range }) => ({
    line: range?.start.line ?? 1,
    message: rawMessage,
  }));
  if (mistakes.length > 0 || value === undefined || template === undefined) return { status: "invalid", mistakes };
  const events = Object.entries(template.events).map(([event, filters]) => [event, filtersOf(filters)] as const);
  const reader = readerOf(parser);
  return {
    status: "workflow",
    workflow: { events: Object.fromEntries(events), jobs: reader.jobs(value) },
  };
}

/** What narrows an event; inputs and the like do not. */
function filtersOf(given: unknown): Filters {
  const lists = Object.entries(given ?? {}).filter(([, value]) => Array.isArray(value));
  return Object.fromEntries(lists.map(([filter, values]) => [filter, (values as unknown[]).map(String)])); // just found to be a list
}

/** Reads the parser's tokens, which know their lines; the workflow is valid, so everything is of the sort that it must be. */
function readerOf({ isBasicExpression, isMapping, isSequence }: Parser) {
  const child = (token: Token | undefined, key: string): Token | undefined =>
    token && isMapping(token) ? token.find(key) : undefined;
  const items = (token: Token | undefined): readonly Token[] => (token && isSequence(token) ? [...iterate(token)] : []);
  const text = (token: Token | undefined): string | null => {
    if (token === undefined) return null;
    if (isBasicExpression(token)) return written(token);
    return String(token);
  };

  const step = (token: Token, defaults: Defaults): readonly Step[] => {
    const group = child(token, "parallel");
    if (group) return items(group).flatMap((inner) => step(inner, defaults));
    const run = child(token, "run");
    const block = run !== undefined && "blockScalarHeader" in run && run.blockScalarHeader !== undefined;
    return [
      {
        line: token.line ?? 1,
        run: text(run),
        runLine: (run?.line ?? 1) + (block ? 1 : 0),
        uses: text(child(token, "uses")),
        if: text(child(token, "if")),
        continueOnError: text(child(token, "continue-on-error")),
        background: text(child(token, "background")) === "true",
        shell: text(child(token, "shell")) ?? defaults.shell,
        workingDirectory: text(child(token, "working-directory")) ?? defaults.workingDirectory,
        env: { ...defaults.env, ...choices(child(token, "env")) },
        with: /^actions\/checkout@/i.test(text(child(token, "uses")) ?? "") ? texts(child(token, "with")) : {},
      },
    ];
  };

  const texts = (token: Token | undefined): { readonly [key: string]: string } =>
    token && isMapping(token)
      ? Object.fromEntries([...iterate(token)].map(({ key, value }) => [String(key), text(value) ?? ""]))
      : {};

  const choices = (token: Token | undefined) =>
    Object.fromEntries(Object.entries(texts(token)).filter(([name, value]) => chooses(name, value)));

  const defaultsOf = (token: Token | undefined): Defaults => {
    const run = child(child(token, "defaults"), "run");
    const env = { ...choices(child(token, "env")), ...choices(child(child(token, "container"), "env")) };
    return { shell: text(child(run, "shell")), workingDirectory: text(child(run, "working-directory")), env };
  };

  const job = (id: string, line: number, token: Token, outer: Defaults): Job => {
    const own = defaultsOf(token);
    const defaults = {
      shell: own.shell ?? outer.shell,
      workingDirectory: own.workingDirectory ?? outer.workingDirectory,
      env: { ...outer.env, ...own.env },
    };
    const needs = child(token, "needs");
    return {
      id,
      line,
      needs: needs === undefined ? [] : isSequence(needs) ? items(needs).map(String) : [String(needs)],
      if: text(child(token, "if")),
      continueOnError: text(child(token, "continue-on-error")),
      reuses: text(child(token, "uses")),
      windows: /windows/i.test(JSON.stringify(child(token, "runs-on") ?? "")),
      steps: items(child(token, "steps")).flatMap((one) => step(one, defaults)),
    };
  };

  return {
    jobs(root: Token): readonly Job[] {
      const jobs = child(root, "jobs");
      if (!jobs || !isMapping(jobs)) return [];
      const outer = defaultsOf(root);
      return [...iterate(jobs)].map(({ key, value }) => job(String(key), key.line ?? 1, value, outer));
    },
  };
}

interface Defaults {
  readonly shell: string | null;
  readonly workingDirectory: string | null;
  readonly env: { readonly [name: string]: string };
}

/** The parser's collections have an iterator, but do not say that they are iterable. */
function* iterate<Item>(collection: { [Symbol.iterator](): Iterator<Item> }): Generator<Item> {
  const iterator = collection[Symbol.iterator]();
  for (let next = iterator.next(); !next.done; next = iterator.next()) yield next.value;
}

/** As it stands in the file, without YAML's quotes: the parser makes `format('a {0}', b)` of `a ${{ b }}`. */
function written({ expression, originalExpressions = [] }: Expression): string {
  const whole = (inner: string) => `\${{ ${inner} }}`;
  const [, format] = /^format\('((?:[^']|'')*)'/.exec(expression) ?? [];
  if (format === undefined || originalExpressions.length === 0) return whole(expression);
  return format.replace(/''|\{\{|\}\}|\{(\d+)\}/g, (part, index?: string) =>
    index === undefined ? (part[0] ?? "") : whole(originalExpressions[Number(index)]?.expression ?? ""),
  );
}

interface Expression {
  readonly expression: string;
  readonly originalExpressions?: readonly { readonly expression: string }[] | undefined;
}
