import { edited, expression, gate, type Opened } from "./repository.ts";

/** Ways that the plan, and what it lets the job do, open. */
export const openPlans: { readonly [sentence: string]: Opened } = {
  "there is no plan": { files: { "phasegate.yml": undefined }, open: ["no-plan"], says: /no plan at phasegate\.yml/ },
  "nobody can approve a weaker plan": {
    files: edited("phasegate.yml", 'plan-owners: ["@ada"]', "plan-owners: []"),
    advice: ["no-plan-owners"],
    says: /names no `plan-owners`/,
    at: "phasegate.yml:5",
  },
  "a gate is satisfied with rows that a migration inserts": {
    files: edited(
      "phasegate.yml",
      "          - suite: { files: [tests/orders.sql] }",
      `          - suite: { files: [tests/orders.sql] }
          - sql: { name: there are two, query: "WITH paid AS (SELECT id FROM orders) SELECT id FROM paid, shop.orders, pg_class, information_schema.tables", gives: { count: { at-least: 2 } }, sabotage: DELETE FROM orders }
          - sql: { name: none is free, query: SELECT id FROM prices, gives: empty, sabotage: INSERT INTO prices VALUES (0) }
          - sql: { name: none is lost, query: SELECT id FROM losses, gives: { count: 0 }, sabotage: INSERT INTO losses VALUES (0) }`,
    ),
    advice: ["rows-of-migrations"],
    says: /^What gate baseline\.1 asks is decided by rows of orders, shop\.orders: .* what migrations have put there/,
    at: "phasegate.yml:11",
  },
  "programs run beside a token that can write": {
    files: edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
    open: ["programs-with-token"],
    says: /token may write checks, pull-requests/,
  },
  "programs run beside a token of which nothing is said": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(gate, "permissions:\n  contents: read\n  checks: write\n  pull-requests: write\n", ""),
    },
    open: ["programs-with-token"],
    says: /what the repository's settings let it/,
  },
  "programs run beside secrets": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(
        gate,
        "  checks: write\n  pull-requests: write\n",
        `env: { TOKEN: '${expression("secrets.DEPLOY")}', OWN: '${expression("secrets.GITHUB_TOKEN")}' }\n`,
      ),
    },
    open: ["programs-with-secrets"],
    says: /beside secrets \(DEPLOY\)/,
  },
  "the comment cannot be written": {
    files: edited(gate, "  pull-requests: write\n", ""),
    advice: ["cannot-report"],
    says: /may not write pull-requests/,
  },
  "nothing is said of what the token may do": {
    files: edited(gate, "permissions:\n  contents: read\n  checks: write\n  pull-requests: write\n", ""),
    advice: ["cannot-report"],
    says: /does not say what its token may do/,
  },
  "nobody owns the plan and what its checks compare with": {
    files: { ".github/CODEOWNERS": "/.github/ @lin\n" },
    advice: ["no-code-owners"],
    says: /names nobody for phasegate\.yml, tests\/orders\.sql/,
    pastes: /^# \.github\/CODEOWNERS\n\/phasegate\.yml @ada\n\/tests\/orders\.sql @ada$/,
  },
  "nobody owns one oracle file": {
    files: { ".github/CODEOWNERS": "* @lin\n/tests/\n" },
    advice: ["no-code-owners"],
    says: /names nobody for tests\/orders\.sql/,
  },
  "programs run beside a token that can write everything": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(
        gate,
        "permissions:\n  contents: read\n  checks: write\n  pull-requests: write\n",
        "permissions: write-all\n",
      ),
    },
    open: ["programs-with-token"],
    says: /write everything/,
  },
  "programs run beside all secrets": {
    files: {
      ...edited("phasegate.yml", "policy:", "policy:\n  programs: allow"),
      ...edited(
        gate,
        "  checks: write\n  pull-requests: write\n",
        `env: { ALL: '${expression("toJSON(secrets)")}' }\n`,
      ),
    },
    open: ["programs-with-secrets"],
    says: /beside secrets \(all\)/,
  },
};
