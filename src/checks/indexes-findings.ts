import type { IndexesCode, IndexesParams } from "./indexes.ts";
import type { FoundIndex } from "./indexes-catalog.ts";
import type { Described, Observed, Served } from "./indexes-observed.ts";
import type { KindFinding } from "./kind.ts";

type Findings = KindFinding<IndexesCode>[];

export function indexesFindings({ plan: path, schema }: IndexesParams, observed: Observed): Findings {
  const { plan, found, served, foreignKeys } = observed;
  const at = (line: number) => ({ file: path, line });
  if (!plan) {
    const message = `${path} does not exist; the plan asks for the index plan there.`;
    return [{ code: "no-file", message, help: "Write it, or correct the path in the plan.", place: at(1) }];
  }
  const findings: Findings = plan.mistakes.map(({ line, message }) => ({
    code: "unreadable",
    message: `${path}:${line}: ${message}.`,
    help: "Correct the index plan; docs/checks.md says how it is written.",
    place: at(line),
  }));
  for (const index of found.filter(({ name }) => !plan.indexes.some((one) => one.name === name))) {
    const message = `${index.name} on ${index.table} exists; ${path} does not list it.`;
    const help = "Add it with the query that needs it, or drop it in a migration.";
    findings.push({ code: "unlisted", message, help, place: at(1) });
  }
  for (const index of plan.indexes) {
    const it = found.find(({ name }) => name === index.name);
    const own = it
      ? differences(index, it, path)
      : [
          {
            code: "no-index" as const,
            message: `${index.name} does not exist in ${schema}; ${path} lists it.`,
            help: "Create it in a migration, or take it out of the index plan.",
          },
        ];
    if (index.refusal !== null) {
      const message = `${path} says that ${index.name} is on \`${index.on}\`, which PostgreSQL refuses: ${index.refusal}.`;
      const help = "Write it as CREATE INDEX … ON takes it, with a table and columns that exist.";
      findings.push({ code: "refused", message, help, place: at(index.line) });
    }
    findings.push(...[...own, ...purposes(index, observed, path)].map((one) => ({ ...one, place: at(index.line) })));
  }
  const used = plan.indexes.filter(({ kind }) => kind !== "speculative").flatMap(({ queries }) => queries);
  for (const { name, line } of plan.queries.filter((query) => !used.includes(query.name))) {
    const message = `No index is listed for ${name}; ${path} asks that each query be named in the row of the index that serves it.`;
    const help = `Name ${name} in the row of its index, or take it out.`;
    findings.push({ code: "unused-query", message, help, place: at(line) });
  }
  findings.push(
    ...served.flatMap((one) => {
      const line = plan.queries.find(({ name }) => name === one.query)?.line ?? 1;
      return service(one, path).map((finding) => ({ ...finding, place: at(line) }));
    }),
  );
  for (const { name, table, columns, references } of foreignKeys.filter(({ by }) => by.length === 0)) {
    const list = `(${columns.join(", ")})`;
    const message = `No index of ${table} begins with ${list} of ${name}; the plan asks for such an index, because deleting from ${references} looks there.`;
    const help = `Create an index on ${table} ${list}, and list it in ${path}.`;
    findings.push({ code: "no-foreign-key-index", message, help });
  }
  return findings;
}

function differences({ name, on, table, kind, uses, refusal }: Described, it: FoundIndex, path: string): Findings {
  const findings: Findings = [];
  const differs = (code: IndexesCode, is: string, should: string) =>
    findings.push({
      code,
      message: `${name} ${is}; ${path} says ${should}.`,
      help: "Bring the index plan and the migrations to the same.",
    });
  if (it.table !== table) differs("other-table", `is on ${it.table}`, table);
  if (refusal === null && it.uses !== uses) differs("other-definition", `is ${it.uses}`, uses ?? on);
  if (it.unique !== (kind === "unique")) {
    const [is, should] = it.unique ? ["is unique", "not"] : ["is not unique", "unique"];
    if (kind !== "speculative") differs("other-uniqueness", is, kind === "unique" ? should : `${kind}, not unique`);
  }
  if (!it.valid) {
    findings.push({
      code: "not-valid",
      message: `${name} is invalid, so nothing uses it; the plan asks for one that can serve its queries.`,
      help: "Drop what the failed build left behind and create it again, or attach the indexes of all partitions.",
    });
  }
  return findings;
}

/** What an index is for, as far as the index plan says. */
function purposes({ name, kind, queries }: Described, { plan, foreignKeys }: Observed, path: string): Findings {
  if (kind === "speculative") {
    const message = `${name} is speculative in ${path}; the plan asks that every index be a rule or have a query.`;
    return [{ code: "speculative", message, help: "Drop it in a migration, or name the query that needs it." }];
  }
  const known = plan?.queries.map((query) => query.name) ?? [];
  const absent = queries.filter((query) => !known.includes(query));
  const findings: Findings = absent.map((query) => ({
    code: "no-query",
    message: `${name} is for ${query}; ${path} has ${known.join(", ") || "no query"}.`,
    help: `Write ${query} below the table, with an \`sql\` block, or correct the row.`,
  }));
  const isLookedIn = foreignKeys.some(({ by }) => by.includes(name));
  if (kind === "needed" && queries.length === 0 && !isLookedIn) {
    const message = `${name} is needed by no query and begins with no foreign key; the plan asks for a query of each index.`;
    findings.push({ code: "no-purpose", message, help: `Name the query that needs it in ${path}, or drop it.` });
  }
  return findings;
}

/** Whether the planner uses an index for a query that it is for. */
function service({ index, query, refusal, use }: Served, path: string): Findings {
  if (refusal !== null) {
    const message = `PostgreSQL refuses ${query} of ${path}: ${refusal}; the plan asks for a query that ${index} serves.`;
    return [
      {
        code: "query-refused",
        message,
        help: "Correct the query in the index plan; settings that it needs are given in `set`.",
      },
    ];
  }
  const help = `Let ${query} ask for the first column of ${index} and imply its WHERE, name another index for it, or change the index.`;
  const found = { "other-keys": "with a condition on other columns than its first", nothing: "not at all" };
  if (use.by !== "other-keys" && use.by !== "nothing") return [];
  const condition = use.by === "other-keys" ? ` (${use.text})` : "";
  const message = `With no other index there, the planner uses ${index} for ${query} ${found[use.by]}${condition}; ${path} says that it serves it.`;
  return [{ code: "not-used", message, help }];
}
