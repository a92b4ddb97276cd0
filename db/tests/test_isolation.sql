-- Isolation: a session reaches the rows of the tenant that it names, and none when it names none. Each case makes up its mind
-- about one table and one role; a case without "as" runs with the powers of the tables' owner, whom FORCE makes subject to the
-- policies too.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles'),
    ('d0000000-0000-4000-8000-000000000001', 'Dune Travel');

INSERT INTO attribution_events (id, tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', 10000, '{}'),
    ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:30:00+00', 'visit-1', 0, '{}'),
    ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 11:00:00+00', 'order-1', 4999, '{}'),
    ('b0000000-0000-4000-8000-000000000102', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 11:30:00+00', 'visit-1', 0, '{}');

INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000),
    ('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 4999);

INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 10000),
    ('b0000000-0000-4000-8000-000000000001', 4999);

INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'completed'),
    ('b0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'failed');

INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}'),
    ('b0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');

-- test: app_rw reads the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(id = 'a0000000-0000-4000-8000-000000000001') FROM tenants;

-- test: app_ro reads the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(id = 'a0000000-0000-4000-8000-000000000001') FROM tenants;

-- test: the owner reads the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(id = 'a0000000-0000-4000-8000-000000000001') FROM tenants;

-- test: app_rw reads no tenant while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM tenants;

-- test: app_rw creates no tenant but the one that is set
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO tenants (id, name) VALUES ('c0000000-0000-4000-8000-000000000001', 'Cedar Books');

-- test: app_rw makes no tenant into another one
-- as: app_rw
-- set: app.current_tenant_id = d0000000-0000-4000-8000-000000000001
-- expect error: insufficient_privilege
UPDATE tenants SET id = 'c0000000-0000-4000-8000-000000000001' WHERE id = 'd0000000-0000-4000-8000-000000000001';

-- test: app_rw renames no other tenant
-- as: app_rw
WITH changed AS (UPDATE tenants SET name = 'taken over' WHERE id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: app_rw deletes no other tenant
-- as: app_rw
WITH deleted AS (DELETE FROM tenants WHERE id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: app_ro creates no tenant
-- as: app_ro
-- set: app.current_tenant_id = c0000000-0000-4000-8000-000000000001
-- expect error: insufficient_privilege
INSERT INTO tenants (id, name) VALUES ('c0000000-0000-4000-8000-000000000001', 'Cedar Books');

-- test: app_ro changes no tenant
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE tenants SET name = 'changed';

-- test: app_ro deletes no tenant
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM tenants;

-- test: app_rw may do everything with its tenant, and app_ro may read it
SELECT bool_and(has_table_privilege('app_rw', 'tenants', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'tenants', 'SELECT');

-- test: app_rw reads the events of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_events;

-- test: app_ro reads the events of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_events;

-- test: the owner reads the events of the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_events;

-- test: app_rw reads no events while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM attribution_events;

-- test: app_rw writes no events of another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload) VALUES ('b0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', '{}');

-- test: app_rw hands no events over to another tenant
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE attribution_events SET tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: app_rw takes over no events of another tenant
-- as: app_rw
WITH changed AS (UPDATE attribution_events SET tenant_id = 'a0000000-0000-4000-8000-000000000001', external_event_id = NULL WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: app_rw deletes no events of another tenant
-- as: app_rw
WITH deleted AS (DELETE FROM attribution_events WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: app_ro writes no events
-- as: app_ro
-- expect error: insufficient_privilege
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', '{}');

-- test: app_ro changes no events
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE attribution_events SET tenant_id = tenant_id;

-- test: app_ro deletes no events
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM attribution_events;

-- test: app_rw may do everything with the events of its tenant, and app_ro may read them
SELECT bool_and(has_table_privilege('app_rw', 'attribution_events', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'attribution_events', 'SELECT');

-- test: app_rw reads the allocations of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_allocations;

-- test: app_ro reads the allocations of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_allocations;

-- test: the owner reads the allocations of the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM attribution_allocations;

-- test: app_rw reads no allocations while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM attribution_allocations;

-- test: app_rw writes no allocations of another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000102', '1.0.0', 'direct', 0, 0);

-- test: app_rw hands no allocations over to another tenant
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE attribution_allocations SET tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: app_rw takes over no allocations of another tenant
-- as: app_rw
WITH changed AS (UPDATE attribution_allocations SET tenant_id = 'a0000000-0000-4000-8000-000000000001' WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: app_rw deletes no allocations of another tenant
-- as: app_rw
WITH deleted AS (DELETE FROM attribution_allocations WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: app_ro writes no allocations
-- as: app_ro
-- expect error: insufficient_privilege
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'direct', 0, 0);

-- test: app_ro changes no allocations
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE attribution_allocations SET tenant_id = tenant_id;

-- test: app_ro deletes no allocations
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM attribution_allocations;

-- test: app_rw may do everything with the allocations of its tenant, and app_ro may read them
SELECT bool_and(has_table_privilege('app_rw', 'attribution_allocations', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'attribution_allocations', 'SELECT');

-- test: app_rw reads the postings of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM revenue_ledger;

-- test: app_ro reads the postings of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM revenue_ledger;

-- test: the owner reads the postings of the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM revenue_ledger;

-- test: app_rw reads no postings while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM revenue_ledger;

-- test: app_rw writes no postings of another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('b0000000-0000-4000-8000-000000000001', 1);

-- test: ledger_admin hands no postings over to another tenant
-- as: ledger_admin
SELECT open_ledger_correction('the wrong tenant') IS NOT NULL;
-- expect error: insufficient_privilege
UPDATE revenue_ledger SET tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: ledger_admin takes over no postings of another tenant
-- as: ledger_admin
SELECT open_ledger_correction('the wrong tenant') IS NOT NULL;
WITH changed AS (UPDATE revenue_ledger SET tenant_id = 'a0000000-0000-4000-8000-000000000001' WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: ledger_admin deletes no postings of another tenant
-- as: ledger_admin
SELECT open_ledger_correction('the wrong tenant') IS NOT NULL;
WITH deleted AS (DELETE FROM revenue_ledger WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: ledger_admin reads the corrections of the tenant that is set, and no others
-- as: ledger_admin
SELECT open_ledger_correction('one of Almond Bakery') IS NOT NULL;
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
SELECT open_ledger_correction('one of Birch Cycles') IS NOT NULL;
SELECT count(*) = 1 AND bool_and(reason = 'one of Birch Cycles') FROM ledger_corrections;

-- test: the owner writes no correction of another tenant
-- expect error: insufficient_privilege
INSERT INTO ledger_corrections (tenant_id, reason) VALUES ('b0000000-0000-4000-8000-000000000001', 'let me');

-- test: the owner reads the corrections of the tenant that is set, and no others
INSERT INTO ledger_corrections (tenant_id, reason) VALUES ('a0000000-0000-4000-8000-000000000001', 'one of Almond Bakery');
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM ledger_corrections;

-- test: app_ro writes no postings
-- as: app_ro
-- expect error: insufficient_privilege
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 1);

-- test: app_ro changes no postings
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE revenue_ledger SET tenant_id = tenant_id;

-- test: app_ro deletes no postings
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM revenue_ledger;

-- test: app_rw may read and write postings of its tenant, ledger_admin may correct them, and app_ro may read them
SELECT bool_and(has_table_privilege('app_rw', 'revenue_ledger', privilege)) FROM unnest('{SELECT,INSERT}'::text[]) AS privilege;
SELECT bool_and(has_table_privilege('ledger_admin', 'revenue_ledger', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'revenue_ledger', 'SELECT');

-- test: app_rw reads the runs of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM reconciliation_runs;

-- test: app_ro reads the runs of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM reconciliation_runs;

-- test: the owner reads the runs of the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM reconciliation_runs;

-- test: app_rw reads no runs while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM reconciliation_runs;

-- test: app_rw writes no runs of another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO reconciliation_runs (tenant_id, last_run_at) VALUES ('b0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00+00');

-- test: app_rw hands no runs over to another tenant
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE reconciliation_runs SET tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: app_rw takes over no runs of another tenant
-- as: app_rw
WITH changed AS (UPDATE reconciliation_runs SET tenant_id = 'a0000000-0000-4000-8000-000000000001' WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: app_rw deletes no runs of another tenant
-- as: app_rw
WITH deleted AS (DELETE FROM reconciliation_runs WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: app_ro writes no runs
-- as: app_ro
-- expect error: insufficient_privilege
INSERT INTO reconciliation_runs (tenant_id, last_run_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00+00');

-- test: app_ro changes no runs
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE reconciliation_runs SET tenant_id = tenant_id;

-- test: app_ro deletes no runs
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM reconciliation_runs;

-- test: app_rw may do everything with the runs of its tenant, and app_ro may read them
SELECT bool_and(has_table_privilege('app_rw', 'reconciliation_runs', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'reconciliation_runs', 'SELECT');

-- test: app_rw reads the dead events of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM dead_events;

-- test: app_ro reads the dead events of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM dead_events;

-- test: the owner reads the dead events of the tenant that is set, and no others
SELECT count(*) > 0 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM dead_events;

-- test: app_rw reads no dead events while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM dead_events;

-- test: app_rw writes no dead events of another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload) VALUES ('b0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');

-- test: app_rw hands no dead events over to another tenant
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE dead_events SET tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: app_rw takes over no dead events of another tenant
-- as: app_rw
WITH changed AS (UPDATE dead_events SET tenant_id = 'a0000000-0000-4000-8000-000000000001' WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM changed;

-- test: app_rw deletes no dead events of another tenant
-- as: app_rw
WITH deleted AS (DELETE FROM dead_events WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' RETURNING 1)
SELECT count(*) = 0 FROM deleted;

-- test: app_ro writes no dead events
-- as: app_ro
-- expect error: insufficient_privilege
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');

-- test: app_ro changes no dead events
-- as: app_ro
-- expect error: insufficient_privilege
UPDATE dead_events SET tenant_id = tenant_id;

-- test: app_ro deletes no dead events
-- as: app_ro
-- expect error: insufficient_privilege
DELETE FROM dead_events;

-- test: app_rw may do everything with the dead events of its tenant, and app_ro may read them
SELECT bool_and(has_table_privilege('app_rw', 'dead_events', privilege)) FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege;
SELECT has_table_privilege('app_ro', 'dead_events', 'SELECT');

-- test: a tenant that does not exist has nothing
-- as: app_rw
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
SELECT (SELECT count(*) FROM tenants) + (SELECT count(*) FROM attribution_events) + (SELECT count(*) FROM attribution_allocations)
    + (SELECT count(*) FROM revenue_ledger) + (SELECT count(*) FROM reconciliation_runs) + (SELECT count(*) FROM dead_events) = 0;

-- test: a session that has reset the tenant is a session without one
-- as: app_rw
RESET app.current_tenant_id;
SELECT count(*) = 0 FROM attribution_events;

-- test: a tenant that is no uuid is an error, not a tenant
-- as: app_rw
SET LOCAL app.current_tenant_id = 'all';
-- expect error: invalid_text_representation
SELECT count(*) = 0 FROM attribution_events;

-- test: a session without a tenant cannot write a row for one
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
-- expect error: insufficient_privilege
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', '{}');

-- test: app_rw cannot empty a table past the policies
-- as: app_rw
-- sabotage: GRANT TRUNCATE ON dead_events TO app_rw
-- expect error: insufficient_privilege
TRUNCATE dead_events;

-- test: app_rw may do with each table and view what is meant, and nothing else
SELECT coalesce(array_agg(line ORDER BY line), '{}') = ARRAY[
    'allocation_summary: SELECT',
    'attribution_allocations: DELETE INSERT SELECT UPDATE',
    'attribution_events: DELETE INSERT SELECT UPDATE',
    'dead_events: DELETE INSERT SELECT UPDATE',
    'reconciliation_runs: DELETE INSERT SELECT UPDATE',
    'revenue_ledger: INSERT SELECT',
    'tenants: DELETE INSERT SELECT UPDATE',
    'v_realtime_revenue: SELECT',
    'v_reconciliation_status: SELECT'
]
FROM (
    SELECT format('%s: %s', relname, string_agg(privilege, ' ' ORDER BY privilege)) AS line
    FROM pg_class
    CROSS JOIN unnest('{DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE}'::text[]) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'pgmigrations'
        AND has_table_privilege('app_rw', pg_class.oid, privilege)
    GROUP BY relname
) AS lines;

-- test: app_ro may read each table and view but the record of corrections and what is materialized, and nothing else
SELECT coalesce(array_agg(line ORDER BY line), '{}') = ARRAY[
    'allocation_summary: SELECT',
    'attribution_allocations: SELECT',
    'attribution_events: SELECT',
    'dead_events: SELECT',
    'reconciliation_runs: SELECT',
    'revenue_ledger: SELECT',
    'tenants: SELECT',
    'v_realtime_revenue: SELECT',
    'v_reconciliation_status: SELECT'
]
FROM (
    SELECT format('%s: %s', relname, string_agg(privilege, ' ' ORDER BY privilege)) AS line
    FROM pg_class
    CROSS JOIN unnest('{DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE}'::text[]) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'pgmigrations'
        AND has_table_privilege('app_ro', pg_class.oid, privilege)
    GROUP BY relname
) AS lines;

-- test: ledger_admin may do what app_rw may, correct the ledger, and read the record
SELECT coalesce(array_agg(line ORDER BY line), '{}') = ARRAY[
    'allocation_summary: SELECT',
    'attribution_allocations: DELETE INSERT SELECT UPDATE',
    'attribution_events: DELETE INSERT SELECT UPDATE',
    'dead_events: DELETE INSERT SELECT UPDATE',
    'ledger_corrections: SELECT',
    'reconciliation_runs: DELETE INSERT SELECT UPDATE',
    'revenue_ledger: DELETE INSERT SELECT UPDATE',
    'tenants: DELETE INSERT SELECT UPDATE',
    'v_realtime_revenue: SELECT',
    'v_reconciliation_status: SELECT'
]
FROM (
    SELECT format('%s: %s', relname, string_agg(privilege, ' ' ORDER BY privilege)) AS line
    FROM pg_class
    CROSS JOIN unnest('{DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE}'::text[]) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'pgmigrations'
        AND has_table_privilege('ledger_admin', pg_class.oid, privilege)
    GROUP BY relname
) AS lines;

-- test: read_model_refresher may do nothing with any table or view
SELECT coalesce(array_agg(line ORDER BY line), '{}') = ARRAY[]::text[]
FROM (
    SELECT format('%s: %s', relname, string_agg(privilege, ' ' ORDER BY privilege)) AS line
    FROM pg_class
    CROSS JOIN unnest('{DELETE,INSERT,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE}'::text[]) AS privilege
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relname <> 'pgmigrations'
        AND has_table_privilege('read_model_refresher', pg_class.oid, privilege)
    GROUP BY relname
) AS lines;
