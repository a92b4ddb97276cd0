/** docs/checks.md, from the check kinds themselves. */

import { dump } from "js-yaml";
import { z } from "zod";
import type { CheckKind } from "../src/checks/kind.ts";
import { kinds } from "../src/checks/table.ts";

const intro = `# Check kinds

A check is one thing that is looked at. Every kind below is one file in \`src/checks/\`; this page is written from it by \`npm run build\`.

A check that is looked at *after its phase* must hold on the database right after the phase's migrations and still hold at head, and must fail on the database before the phase, or say why it may hold there: \`holds-before: <reason>\` beside the kind. Everything else is looked at at head. In every run each check that holds is shown mutants: sabotage that it must notice, with the very code that is named for it.
`;

/** The whole page. */
export function checksPage(): string {
  return [intro, ...Object.values(kinds).map((kind: CheckKind) => section(kind))].join("\n");
}

function section(kind: CheckKind): string {
  const where = {
    database: "the database",
    files: "files of head",
    laboratory: "databases of its own, copied from the run's",
  }[kind.looksAt];
  const when =
    kind.looksAt !== "database" ? "" : kind.points[0] === "after" ? ", after its phase and at head" : ", at head";
  const [example] = kind.examples;
  return [
    `## ${kind.kind}`,
    `${kind.summary} It looks at ${where}${when}.`,
    ["| parameter | | |", "| --- | --- | --- |", ...parameters(kind)].join("\n"),
    `It can be found to fail as ${kind.codes.map((code) => `\`${code}\``).join(", ")}.`,
    `\`\`\`yaml\n${dump([{ [kind.kind]: example.params }], { flowLevel: 3 }).trimEnd()}\n\`\`\`\n`,
  ].join("\n\n");
}

function parameters({ params }: CheckKind): string[] {
  const schema = z.toJSONSchema(params, { io: "input", unrepresentable: "any" });
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { description = "" } = property as { description?: string }; // JSON Schema allows `true` as well, zod never writes it
    return `| \`${name}\` | ${required.includes(name) ? "" : "optional"} | ${description.replaceAll("|", "\\|")} |`;
  });
}
