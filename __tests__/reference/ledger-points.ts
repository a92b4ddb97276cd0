import { all, migrations, migratorThatSeesNoRows, type Point, swap, upEndsWith } from "./literal-ways.ts";

const sum = migrations["4B"];
const ledger = migrations["4C"];
const reading = migrations["5A"];

/** Points 12 to 21: read models, the ledger, indexes, and ways back. */
export const ledgerPoints: readonly Point[] = [
  {
    number: 12,
    fault: "a materialized view shows every tenant to who may read it, and is filled with what its owner may see",
    literally: {
      "4B.1": [/allocation_summary does not exist; the plan asks for a view/],
      "5A.1": [
        /app_ro has SELECT on the table mv_realtime_revenue/,
        /app_rw has SELECT on the table mv_reconciliation_status/,
      ],
    },
    alone: [
      {
        name: "the baseline's grants, and one more for reports",
        put: all(
          upEndsWith(sum, "GRANT SELECT ON mv_allocation_summary TO app_ro"),
          upEndsWith(reading, "GRANT SELECT ON mv_realtime_revenue, mv_reconciliation_status TO app_rw, app_ro"),
        ),
        red: {
          "4B.1": [/app_ro has SELECT on the table mv_allocation_summary/],
          "5A.1": [
            /app_ro has SELECT on the table mv_realtime_revenue/,
            /app_rw has SELECT on the table mv_reconciliation_status/,
          ],
          "5A.3": [/"nobody but the owner reads the materialized views"/],
        },
      },
      {
        name: "a view that does not filter",
        put: swap(reading, /FROM mv_realtime_revenue\nWHERE .*;/, "FROM mv_realtime_revenue;"),
        red: { "5A.3": [/"app_ro reads revenue of the tenant that is set, and no others": the SELECT gives false/] },
      },
      {
        name: "an owner without BYPASSRLS, whose views are filled with nothing",
        put: migratorThatSeesNoRows,
        red: { "5A.3": [/"a refresh reaches every view, and each holds every tenant"/] },
      },
    ],
  },
  {
    number: 13,
    fault: "DEFAULT now() says of every old posting that it was posted when the migration ran",
    literally: { "4C.8": [/revenue_ledger \(id=5a000000-0000-4000-8000-000000000301\) has another posted_at/] },
    alone: [
      {
        name: "posted_at that is now() for every row, and a down that does not mind",
        put: all(
          swap(ledger, "ADD COLUMN posted_at timestamptz;", "ADD COLUMN posted_at timestamptz DEFAULT now();"),
          swap(ledger, /^UPDATE revenue_ledger SET posted_at = created_at .*\n/m, ""),
          swap(ledger, /^DO \$\$[\s\S]*?^\$\$;\n/m, ""),
        ),
        red: { "4C.8": [/revenue_ledger \(id=5a000000-0000-4000-8000-000000000301\) has another posted_at/] },
      },
    ],
  },
  {
    number: 14,
    fault: "deleting an allocation deletes its posting, and postings are never deleted",
    literally: {
      "4C.6": [/revenue_ledger has no trigger; the plan asks for trg_revenue_ledger_immutable/],
      "4D.1": [
        /"an event that was posted is not deleted": the statement is accepted/,
        /"a tenant that has postings is not deleted": the statement is accepted/,
      ],
    },
    alone: [
      {
        name: "a ledger of which UPDATE alone is refused",
        put: all(
          swap(ledger, "BEFORE UPDATE OR DELETE ON revenue_ledger", "BEFORE UPDATE ON revenue_ledger"),
          upEndsWith(ledger, "DROP TRIGGER trg_revenue_ledger_not_truncated ON revenue_ledger"),
        ),
        red: {
          "4C.6": [
            /fires on UPDATE; the plan asks for UPDATE OR DELETE/,
            /the plan asks for trg_revenue_ledger_not_truncated/,
            /"app_rw deletes no posting by deleting what it hangs on": the statement is accepted/,
            /"the ledger is not emptied": the statement is accepted/,
          ],
          "4D.1": [
            /"an event that was posted is not deleted": the statement is accepted/,
            /"a tenant that has postings is not deleted": the statement is accepted/,
          ],
        },
      },
    ],
  },
  {
    number: 15,
    fault: "what was revoked is still had: the other privilege, by column, through PUBLIC, through a role",
    literally: { "4C.6": [/app_rw has DELETE on the table revenue_ledger, granted directly/] },
    alone: [
      {
        name: "UPDATE of one column, DELETE through PUBLIC, and TRUNCATE through a role",
        put: all(
          swap(
            "phasegate.yml",
            "    - app_rw\n",
            "    - ledger_clerk\n    - { name: app_rw, member-of: [ledger_clerk] }\n",
          ),
          upEndsWith(ledger, "GRANT UPDATE (is_verified) ON revenue_ledger TO app_rw"),
          upEndsWith(ledger, "GRANT DELETE ON revenue_ledger TO PUBLIC"),
          upEndsWith(ledger, "GRANT TRUNCATE ON revenue_ledger TO ledger_clerk"),
        ),
        red: {
          "4C.6": [
            /app_rw has UPDATE \(is_verified\) on the table revenue_ledger, granted directly/,
            /app_rw has DELETE on the table revenue_ledger, granted to PUBLIC/,
            /app_rw has TRUNCATE on the table revenue_ledger, .*ledger_clerk/,
          ],
        },
      },
    ],
  },
  {
    number: 16,
    fault: "tenant_id comes first and the contract has it last, and the freshness is that of the last refresh",
    literally: {
      "5A.1": [/mv_realtime_revenue has the columns \(tenant_id uuid, .* data_freshness_seconds integer\)/],
      "5A.2": [/v_realtime_revenue does not exist/],
    },
    alone: [
      {
        name: "the baseline's order",
        put: swap(
          reading,
          /(?<=CREATE VIEW v_realtime_revenue .*\nSELECT\n)([\s\S]*?),\n +tenant_id\n/,
          "    tenant_id,\n    total_revenue,\n    verified,\n    greatest(0, floor(extract(epoch FROM now() - last_posted_at)))::integer AS data_freshness_seconds\n",
        ),
        red: {
          "5A.2": [/v_realtime_revenue gives tenant_id, total_revenue, verified, data_freshness_seconds in this order/],
        },
      },
      {
        name: "an age that is computed at the refresh",
        put: all(
          swap(
            reading,
            "    max(posted_at) AS last_posted_at,\n",
            "    greatest(0, floor(extract(epoch FROM now() - max(posted_at))))::integer AS data_freshness_seconds,\n",
          ),
          swap(
            reading,
            /^ +greatest\(0, .* AS data_freshness_seconds,\n(?= +tenant_id\nFROM mv_)/m,
            "    data_freshness_seconds,\n",
          ),
          swap(
            reading,
            "COLUMN mv_realtime_revenue.last_posted_at",
            "COLUMN mv_realtime_revenue.data_freshness_seconds",
          ),
        ),
        red: {
          "5A.1": [/the plan asks for .*last_posted_at timestamp with time zone/],
          "5A.3": [
            /"revenue is as old as the newest posting, and grows older without a refresh": the SELECT gives false/,
          ],
        },
      },
    ],
  },
  {
    number: 17,
    fault: "two last runs at the same moment are two rows, and the refresh fails on the second",
    literally: {
      "5A.1": [
        /"the last two runs of a tenant at the same moment leave the refresh alone": it is refused with unique_violation/,
      ],
    },
    alone: [
      {
        name: "the baseline's join",
        put: swap(
          reading,
          /SELECT DISTINCT ON \(tenant_id\)[\s\S]*?;/,
          "SELECT run.state, run.last_run_at, run.tenant_id\nFROM reconciliation_runs AS run\nINNER JOIN (SELECT tenant_id, max(last_run_at) AS last_run_at FROM reconciliation_runs GROUP BY tenant_id) AS latest\n    ON latest.tenant_id = run.tenant_id AND latest.last_run_at = run.last_run_at;",
        ),
        red: {
          "5A.1": [
            /"the last two runs of a tenant at the same moment leave the refresh alone": it is refused with unique_violation/,
          ],
          "5A.3": [/"of two last runs at the same moment the one that was written later counts, and there is one row"/],
        },
      },
    ],
  },
  {
    number: 18,
    fault: "views are there that no contract requires, and nobody says who refreshes what is read, and how often",
    literally: { "sign-off.6": [/refresh_read_models does not exist; the plan asks for a function/] },
    alone: [
      {
        name: "v_channel_allocations_daily",
        put: upEndsWith(
          reading,
          "CREATE VIEW v_channel_allocations_daily AS SELECT tenant_id, channel, created_at::date AS day, sum(allocated_revenue_cents) AS cents FROM attribution_allocations GROUP BY 1, 2, 3",
        ),
        red: { "5A.2": [/v_channel_allocations_daily matches v_\* and gives no schema of the plan/] },
      },
      {
        name: "a page that does not say who refreshes",
        put: swap("db/docs/REFRESH_SLA.md", /^## Who refreshes$/m, ""),
        red: { "sign-off.6": [/db\/docs\/REFRESH_SLA\.md has no heading "Who refreshes"/] },
      },
    ],
  },
  {
    number: 19,
    fault: "indexes stay that no query needs, and foreign keys that are followed on delete have none",
    literally: {
      "5B.1": [
        /idx_tenants_name on tenants exists; db\/docs\/INDEX_PLAN\.md does not list it/,
        /No index of revenue_ledger begins with \(allocation_id\) of revenue_ledger_allocation_id_fkey/,
      ],
      "5B.2": [/gives 6 rows/],
    },
    alone: [
      {
        name: "two of the six left, and one of them listed with a word in place of a query",
        put: all(
          swap(migrations["5B"], /^DROP INDEX (idx_dead_events_source|idx_tenants_name);\n/gm, ""),
          swap(
            "db/docs/INDEX_PLAN.md",
            /^(?=\| `idx_dead_events_tenant)/m,
            "| `idx_dead_events_source` | dead_events (source) | needed | reports |\n",
          ),
        ),
        red: {
          "5B.1": [
            /idx_tenants_name on tenants exists; db\/docs\/INDEX_PLAN\.md does not list it/,
            /idx_dead_events_source is needed by no query and begins with no foreign key/,
          ],
          "5B.2": [/gives 2 rows/],
        },
      },
    ],
  },
  {
    number: 20,
    fault: "a down that disables row level security leaves FORCE behind",
    alone: [
      {
        name: "DISABLE alone",
        put: swap(migrations.rls, /^ALTER TABLE \w+ NO FORCE ROW LEVEL SECURITY;\n/gm, ""),
        red: { "baseline.9": [/table public\.attribution_allocations has forceRowSecurity true instead of false/] },
      },
    ],
  },
  {
    number: 21,
    fault: "a round trip that is equal on an empty database loses data on a full one",
    literally: { "4C.8": [/revenue_ledger \(id=5a000000-0000-4000-8000-000000000302\) has another allocation_id/] },
    alone: [
      {
        name: "a down of 4A that keeps nothing",
        put: swap(migrations["4A"], /^WITH again AS[\s\S]*?'migration:enhance-allocation-schema'\);\n/m, ""),
        red: { "4A.6": [/The up again of .* is refused: .* holds more than one allocation for 1 group\(s\)/] },
      },
      {
        name: "a down of 4C that keeps nothing",
        put: swap(
          ledger,
          /^UPDATE attribution_allocations AS allocation\n[\s\S]*?WHERE kept\.id = allocation\.id;\n/m,
          "",
        ),
        red: { "4C.8": [/revenue_ledger \(id=5a000000-0000-4000-8000-000000000302\) has another allocation_id/] },
      },
    ],
  },
];
