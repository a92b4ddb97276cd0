import {
  all,
  migrations,
  migratorThatSeesNoRows,
  type Point,
  type Put,
  type Red,
  swap,
  upEndsWith,
} from "./literal-ways.ts";

const schema = migrations["4A"];
const sum = migrations["4B"];

/** The first block of a migration that looks at the rows that exist, or all of them. */
const look = /^DO \$\$[\s\S]*?^\$\$;\n/m;
const everyLook = /^DO \$\$[\s\S]*?^\$\$;\n/gm;

const theEventIsFoundBy = (sql: string): Put =>
  swap(sum, /UPDATE attribution_events\n[\s\S]*?RETURNING revenue_cents INTO earned;/, sql);
const select =
  "SELECT revenue_cents INTO earned FROM attribution_events WHERE tenant_id = p_tenant_id AND id = p_event_id";

const isNotDeferred: Red = {
  "4B.3": [/trg_check_allocation_sum on attribution_allocations is not deferrable/],
  "4B.4": [/"the allocations of an event may be written one after the other": a statement is refused/],
};
const leavesTheOldGroup: Red = {
  "4B.4": [
    /"an allocation that is moved to another event leaves the first one short": the statement is accepted/,
    /"an allocation that is moved to another model version leaves the first one short": the statement is accepted/,
  ],
};
const leavesTheRevenue: Red = {
  "4B.3": [/attribution_events has no trigger/],
  "4B.4": [/"the revenue of an allocated event cannot be changed alone": the statement is accepted/],
};

/** Points 1 to 11: allocations, and that they add up. */
export const allocationPoints: readonly Point[] = [
  {
    number: 1,
    fault: "a column that is NOT NULL without a default cannot be added to a table that has rows",
    literally: { "4A.6": [/column "allocation_ratio" of relation "attribution_allocations" contains null values/] },
    alone: [
      {
        name: "a migrator without BYPASSRLS",
        put: swap("phasegate.yml", "bypassrls: true", "bypassrls: false"),
        red: {
          "4A.migrations": [/query would be affected by row-level security policy for table "attribution_allocations"/],
          "5B.2": [/The replay stopped at 20251113120000000_enhance-allocation-schema/],
        },
      },
      {
        name: "a migrator without BYPASSRLS, and a backfill that therefore fills in nothing and says nothing",
        put: migratorThatSeesNoRows,
        red: { "4A.6": [/"ck_attribution_allocations_filled_in" of relation "attribution_allocations" is violated/] },
      },
    ],
  },
  {
    number: 2,
    fault: "rows that break the new rules have to stop the migration, which names them and loses nothing",
    literally: { "4A.9": [/4A_duplicates\.sql, .* stops with not_null_violation/] },
    alone: [
      {
        name: "rows that are not looked at, so that PostgreSQL stops at one and does not name the others",
        put: swap(schema, everyLook, ""),
        red: {
          "4A.9": [
            /4A_channel_outside_the_list\.sql, .* is violated by some row; it is to stop/,
            /4A_duplicates\.sql, .*could not create unique index/,
          ],
        },
      },
      {
        name: "channels mapped to organic, and duplicates deleted",
        put: all(
          swap(
            schema,
            look,
            "UPDATE attribution_allocations SET channel = 'organic'\nWHERE channel NOT IN ('google_search', 'facebook_ads', 'direct', 'email');\n",
          ),
          swap(
            schema,
            look,
            "DELETE FROM attribution_allocations AS a USING attribution_allocations AS b\nWHERE (a.event_id, a.model_version, a.channel) = (b.event_id, b.model_version, b.channel) AND a.id > b.id;\n",
          ),
        ),
        red: {
          "4A.9": [
            /goes through on the rows of .*4A_channel_outside_the_list/,
            /goes through on the rows of .*4A_duplicates/,
          ],
        },
      },
    ],
  },
  {
    number: 3,
    fault: "a trigger that fires with the first of two INSERTs refuses allocations that are written one by one",
    literally: isNotDeferred,
    alone: [
      {
        name: "a trigger that is not deferrable",
        put: all(
          swap(sum, "ON attribution_allocations\n    DEFERRABLE INITIALLY DEFERRED\n", "ON attribution_allocations\n"),
          swap(migrations["4C"], /^SET CONSTRAINTS trg_check_allocation_sum IMMEDIATE;\n/gm, ""),
        ),
        red: isNotDeferred,
      },
    ],
  },
  {
    number: 4,
    fault: "an allocation of one tenant may point at an event of another",
    literally: {
      "4B.3": [/the plan asks for a foreign key fk_attribution_allocations_tenant_id_event_id/],
      "4B.4": [/"app_rw allocates no event of another tenant to its own": the statement is accepted/],
    },
    alone: [
      {
        name: "a foreign key without the tenant, and rows that are not looked at",
        put: all(
          swap(sum, look, ""),
          swap(
            sum,
            "FOREIGN KEY (tenant_id, event_id) REFERENCES attribution_events (tenant_id, id)",
            "FOREIGN KEY (event_id) REFERENCES attribution_events (id)",
          ),
        ),
        red: {
          "4B.3": [/is on \(event_id\); the plan asks for \(tenant_id, event_id\)/],
          "4B.4": [/"app_rw allocates no event of another tenant to its own"/],
          "4B.8": [/goes through on the rows of .*4B_event_of_another_tenant/],
        },
      },
    ],
  },
  {
    number: 5,
    fault: "COALESCE(NEW, OLD) does not look at the group that an UPDATE takes an allocation away from",
    literally: leavesTheOldGroup,
    alone: [
      {
        name: "COALESCE(NEW, OLD) for a key",
        put: swap(
          sum,
          /IF TG_OP <> 'INSERT' THEN[\s\S]*?END IF;[\s\S]*?END IF;/,
          "PERFORM assert_allocation_sum(COALESCE(NEW.tenant_id, OLD.tenant_id), COALESCE(NEW.event_id, OLD.event_id), COALESCE(NEW.model_version, OLD.model_version));",
        ),
        red: leavesTheOldGroup,
      },
    ],
  },
  {
    number: 6,
    fault: "nothing is checked when the revenue of an event changes afterwards",
    literally: leavesTheRevenue,
    alone: [
      {
        name: "no trigger on the events",
        put: upEndsWith(sum, "DROP TRIGGER trg_check_event_allocation_sums ON attribution_events"),
        red: leavesTheRevenue,
      },
    ],
  },
  {
    number: 7,
    fault: "no allocations are a sum of 0, so that the last of them cannot be deleted, and their event neither",
    literally: { "4B.4": [/"all allocations of a model version may be deleted": .* allocated=0 expected=100/] },
    alone: [
      {
        name: "a sum of 0 where there are no allocations",
        put: all(
          swap(sum, "count(*), sum(allocated_revenue_cents)", "count(*), COALESCE(SUM(allocated_revenue_cents), 0)"),
          swap(sum, /^ +IF allocations = 0 THEN\n.*\n +END IF;\n/m, ""),
        ),
        red: {
          "4B.4": [
            /"all allocations of a model version may be deleted": .* allocated=0 expected=100/,
            /"an event that was allocated may be deleted": a statement is refused/,
          ],
        },
      },
    ],
  },
  {
    number: 8,
    fault: "a sum of integers does not fit into an integer",
    literally: { "4B.4": [/"a sum may be more than an integer holds": the error is numeric_value_out_of_range/] },
    alone: [
      {
        name: "INTEGER variables",
        put: swap(sum, "    earned bigint;\n    allocated bigint;\n", "    earned INTEGER;\n    allocated INTEGER;\n"),
        red: { "4B.4": [/"a sum may be more than an integer holds": the error is numeric_value_out_of_range/] },
      },
    ],
  },
  {
    number: 9,
    fault: "two transactions each see their own half only",
    literally: {
      "4B.4": [
        /"two writers of one model version cannot both allocate the whole event": the statement is accepted/,
        /"two writers that each stay within the tolerance cannot leave it together": the statement is accepted/,
      ],
    },
    alone: [
      {
        name: "an event that is only read",
        put: theEventIsFoundBy(`${select};`),
        red: {
          "4B.4": [
            /"a writer who is checked before the other commits waits, and sees what the other wrote": the statement is accepted/,
            /"a writer whose snapshot is older than the other's allocations is refused": the statement is accepted/,
          ],
        },
      },
      {
        name: "an event that is locked and not updated, which lets REPEATABLE READ go on with what it saw before",
        put: theEventIsFoundBy(`${select} FOR NO KEY UPDATE;`),
        red: {
          "4B.4": [
            /"a writer whose snapshot is older than the other's allocations is refused": the statement is accepted/,
          ],
        },
      },
    ],
  },
  {
    number: 10,
    fault: "the function sees what its caller may see, and accepts any amount where that is nothing",
    literally: {
      "4B.2": [/check_allocation_sum\(\) is SECURITY INVOKER/, /check_allocation_sum\(\) sets no search_path/],
      "4B.4": [/"app_rw allocates no event of another tenant to its own": the statement is accepted/],
    },
    alone: [
      {
        name: "functions with the rights of their caller",
        put: all(
          swap(sum, /^ {4}(SECURITY DEFINER|SET row_security = off)\n/gm, ""),
          swap(sum, /^REVOKE EXECUTE ON FUNCTION .*\n/gm, ""),
        ),
        red: {
          "4B.2": [/check_allocation_sum\(\) is SECURITY INVOKER/],
          "4B.4": [
            /"a sum is checked at the end also where the session then names another tenant": the statement is accepted/,
          ],
        },
      },
    ],
  },
  {
    number: 11,
    fault: "the view compares exactly, and the trigger tolerates a cent",
    alone: [
      {
        name: "is_balanced that is exact",
        put: swap(
          sum,
          /abs\((sum\(\S+\)) - (event\.revenue_cents)\) <= allocation_tolerance_cents\(\) AS is_balanced/,
          "(SUM(allocation.allocated_revenue_cents) = event.revenue_cents) AS is_balanced",
        ),
        red: { "4B.4": [/"a drift of one cent is balanced, as the trigger says": the SELECT gives false/] },
      },
    ],
  },
];
