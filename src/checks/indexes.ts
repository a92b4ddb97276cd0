import { z } from "zod";
import { set } from "./acting.ts";
import { indexesFindings } from "./indexes-findings.ts";
import { indexesMutants } from "./indexes-mutants.ts";
import { type Observed, observeIndexes } from "./indexes-observed.ts";
import { defineDatabaseKind } from "./kind.ts";
import { name, path } from "./params.ts";
import { fixed, ordered, turnedOn } from "./strength.ts";

const params = z.strictObject({
  plan: path.describe(
    "The index plan: Markdown with a table whose columns are `index`, `on` (what CREATE INDEX … ON takes), `kind` (`unique`: it is a rule; `needed`: by the queries named; `speculative`: by none, which is a finding) and `query` (`Q1`, …, and free words), and below it each query: a paragraph that begins with its number, and an `sql` block.",
  ),
  schema: name.default("public").describe("The schema; every index of its tables and materialized views is asked for."),
  "foreign-keys": z
    .boolean()
    .default(true)
    .describe(
      "`true`: for every foreign key there is an index that begins with its columns, or with those of them that are unique in the table it points at, so that deleting what it points at reads no whole table.",
    ),
  set,
});
export type IndexesParams = z.output<typeof params>;

const codes = [
  "no-file",
  "unreadable",
  "unlisted",
  "no-index",
  "refused",
  "other-table",
  "other-definition",
  "other-uniqueness",
  "not-valid",
  "speculative",
  "no-purpose",
  "no-query",
  "unused-query",
  "query-refused",
  "not-used",
  "no-foreign-key-index",
] as const;
export type IndexesCode = (typeof codes)[number];

export const indexes = defineDatabaseKind({
  kind: "indexes",
  summary:
    "The index plan and the indexes of a schema are the same, both ways; each is a rule or has a query, and the planner shows that it can serve it.",
  params,
  codes,
  points: ["head"],

  claim: ({ plan, schema }) => `${plan} lists the indexes of ${schema}, and each can serve its queries`,

  async observe({ database, tree }, params) {
    const observed = await observeIndexes(database, tree, params);
    const { plan, found, foreignKeys } = observed;
    return { examined: found.length + foreignKeys.length + (plan?.indexes.length ?? 1), observed };
  },

  judge: (params, observed: Observed) => indexesFindings(params, observed),
  mutants: (params, observed: Observed, { tree }) => indexesMutants(params, observed, tree.read(params.plan) ?? ""),

  strength: (base, head) =>
    ordered(base, head, {
      plan: fixed,
      schema: fixed,
      "foreign-keys": turnedOn,
      set: fixed,
    }),

  examples: [
    {
      setup: `CREATE TABLE t (id uuid PRIMARY KEY);
        CREATE TABLE e (id bigint, tenant uuid NOT NULL REFERENCES t ON DELETE CASCADE, at timestamptz NOT NULL, code text, "Visit" uuid,
          CONSTRAINT e_pkey PRIMARY KEY (id));
        CREATE INDEX e_tenant_at ON e (tenant, at DESC) INCLUDE (code);
        CREATE UNIQUE INDEX e_tenant_code ON e (tenant, lower(code)) WHERE code IS NOT NULL;
        CREATE INDEX e_visit ON e ("Visit") WHERE "Visit" IS NOT NULL;
        CREATE MATERIALIZED VIEW m AS SELECT tenant, count(*) AS n FROM e GROUP BY tenant;
        CREATE UNIQUE INDEX m_tenant ON m (tenant);
        CREATE VIEW v AS SELECT m.n, m.tenant FROM m WHERE m.tenant = current_setting('app.tenant')::uuid;
        CREATE VIEW w AS SELECT e.*, count(*) AS n FROM e GROUP BY e.id`,
      files: {
        "indexes.md": `# Indexes

| index | on | kind | query |
| --- | --- | --- | --- |
| \`t_pkey\` | t (id) | unique | one tenant |
| \`e_pkey\` | e (id) | unique | Q5 |
| \`e_tenant_at\` | public.e (tenant, at desc) include (code) | needed | Q1, Q6; deleting a tenant |
| \`e_tenant_code\` | e (tenant, (lower(code))) where code is not null | unique | Q2 |
| \`e_visit\` | e ("Visit") where "Visit" is not null | needed | Q3 |
| \`m_tenant\` | m (tenant) | unique | Q4; REFRESH … CONCURRENTLY |

**Q1** — the newest of a tenant

\`\`\`sql
SELECT * FROM e WHERE tenant = $1 AND at >= $2 ORDER BY at DESC LIMIT 100
\`\`\`

**Q2** — has it been counted?

\`\`\`sql
INSERT INTO e (tenant, code, at) VALUES ($1, $2, now()) ON CONFLICT (tenant, lower(code)) WHERE code IS NOT NULL DO NOTHING
\`\`\`

**Q3** — one visit

\`\`\`sql
SELECT e.id FROM public.e AS e JOIN t ON t.id = e.tenant WHERE e."Visit" = $1;
\`\`\`

### Q4: the endpoint

\`\`\`sql
SELECT n FROM v
\`\`\`

**Q5** — one event

\`\`\`sql
SELECT * FROM w WHERE id = $1
\`\`\`

**Q6** — what comes first

\`\`\`sql
SELECT tenant FROM e ORDER BY tenant, at DESC LIMIT 1
\`\`\`
`,
      },
      params: { plan: "indexes.md", set: { "app.tenant": "a0000000-0000-4000-8000-000000000001" } },
    },
    {
      setup: `CREATE SCHEMA s; CREATE TABLE s.t (id int); CREATE TABLE s.j (d jsonb, t int);
        CREATE UNIQUE INDEX t_id ON s.t (id); ALTER TABLE s.j ADD FOREIGN KEY (t) REFERENCES s.t (id);
        CREATE INDEX j_d ON s.j USING gin (d jsonb_path_ops)`,
      files: {
        "i.md": [
          "| kind | index | query | on | since |",
          "| - | - | - | - | - |",
          "| needed | j_d | Q10 | j using gin (d jsonb_path_ops) | ever |",
          "| unique | t_id | | s.t (id) | ever |",
          "",
          "## Q10",
          "```sql",
          "SELECT d FROM s.j WHERE d @> $1",
          "```",
        ].join("\n"),
      },
      params: { plan: "i.md", schema: "s", "foreign-keys": false },
    },
  ],
});
