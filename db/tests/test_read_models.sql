-- Read models: what the materialized views hold after a refresh, who may ask for one, and what the views on top show of them.
-- A refresh runs with the rights of the views' owner, who has BYPASSRLS, whoever asks for it: so each holds every tenant.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles'),
    ('c0000000-0000-4000-8000-000000000001', 'Cedar Books');

INSERT INTO revenue_ledger (tenant_id, revenue_cents, is_verified, posted_at) VALUES
    ('a0000000-0000-4000-8000-000000000001', 10000, true, now() - interval '90 seconds'),
    ('a0000000-0000-4000-8000-000000000001', 4999, true, now() - interval '2 days'),
    ('b0000000-0000-4000-8000-000000000001', 2147483647, true, now()),
    ('b0000000-0000-4000-8000-000000000001', 2147483647, false, now() + interval '1 hour');

INSERT INTO reconciliation_runs (id, tenant_id, last_run_at, state, created_at) VALUES
    ('a0000000-0000-4000-8000-000000000401', 'a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'failed', '2025-11-04 01:00:00+00'),
    ('a0000000-0000-4000-8000-000000000402', 'a0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00+00', 'completed', '2025-11-05 01:00:00+00'),
    ('b0000000-0000-4000-8000-000000000401', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 02:00:00+00', 'running', '2025-11-03 01:00:00+00');

INSERT INTO attribution_events (id, tenant_id, occurred_at, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 14999, '{}'),
    ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 100, '{}');

INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 14999),
    ('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 100);

SELECT refresh_read_models();

-- test: read_model_refresher may ask for a refresh
-- as: read_model_refresher
-- sabotage: REVOKE EXECUTE ON FUNCTION refresh_read_models() FROM read_model_refresher
SELECT refresh_read_models() IS NOT NULL;

-- test: read_model_refresher reads nothing
-- as: read_model_refresher
-- sabotage: GRANT SELECT ON v_realtime_revenue TO read_model_refresher
-- expect error: insufficient_privilege
SELECT count(*) FROM v_realtime_revenue;

-- test: a refresh reaches every view, and each holds every tenant
-- sabotage: CREATE OR REPLACE FUNCTION refresh_read_models() RETURNS void LANGUAGE sql SECURITY DEFINER AS ''
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 1);
INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-06 02:00:00+00', 'running');
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '2.0.0', 'direct', 1, 14999);
SELECT refresh_read_models() IS NOT NULL;
SELECT total_revenue = 150.00 FROM v_realtime_revenue;
SELECT state = 'running' FROM v_reconciliation_status;
SELECT count(*) = 2 FROM allocation_summary;
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
SELECT total_revenue = 42949672.94 FROM v_realtime_revenue;
SELECT state = 'running' FROM v_reconciliation_status;
SELECT count(*) = 1 FROM allocation_summary;

-- test: app_rw refreshes nothing
-- sabotage: GRANT EXECUTE ON FUNCTION refresh_read_models() TO app_rw
-- as: app_rw
-- expect error: insufficient_privilege
SELECT refresh_read_models();

-- test: app_ro refreshes nothing
-- sabotage: GRANT EXECUTE ON FUNCTION refresh_read_models() TO app_ro
-- as: app_ro
-- expect error: insufficient_privilege
SELECT refresh_read_models();

-- test: nobody but the owner reads the materialized views
SELECT bool_and(NOT has_table_privilege(role, view, 'SELECT'))
FROM unnest(ARRAY['app_rw', 'app_ro', 'ledger_admin', 'read_model_refresher']) AS role
CROSS JOIN unnest(ARRAY['mv_allocation_summary', 'mv_realtime_revenue', 'mv_reconciliation_status']) AS view;

-- test: app_rw reads revenue of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM v_realtime_revenue;

-- test: app_rw reads no revenue while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM v_realtime_revenue;

-- test: app_ro reads revenue of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM v_realtime_revenue;

-- test: app_ro reads no revenue while no tenant is set
-- as: app_ro
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM v_realtime_revenue;

-- test: app_rw reads status of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM v_reconciliation_status;

-- test: app_rw reads no status while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM v_reconciliation_status;

-- test: app_ro reads status of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM v_reconciliation_status;

-- test: app_ro reads no status while no tenant is set
-- as: app_ro
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM v_reconciliation_status;

-- test: app_rw reads summary of the tenant that is set, and no others
-- as: app_rw
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM allocation_summary;

-- test: app_rw reads no summary while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM allocation_summary;

-- test: app_ro reads summary of the tenant that is set, and no others
-- as: app_ro
SELECT count(*) = 1 AND bool_and(tenant_id = 'a0000000-0000-4000-8000-000000000001') FROM allocation_summary;

-- test: app_ro reads no summary while no tenant is set
-- as: app_ro
SET LOCAL app.current_tenant_id = '';
SELECT count(*) = 0 FROM allocation_summary;

-- test: revenue is the sum of a tenant's postings, in units and not in cents
-- sabotage: ALTER TABLE revenue_ledger DISABLE TRIGGER USER; DELETE FROM revenue_ledger WHERE revenue_cents = 4999
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT total_revenue = 149.99 FROM v_realtime_revenue;

-- test: a sum may be more than an integer holds
-- set: app.current_tenant_id = b0000000-0000-4000-8000-000000000001
-- sabotage: ALTER TABLE revenue_ledger DISABLE TRIGGER USER; DELETE FROM revenue_ledger WHERE NOT is_verified
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT total_revenue = 42949672.94 FROM v_realtime_revenue;

-- test: revenue is verified when every posting in it is
-- sabotage: ALTER TABLE revenue_ledger DISABLE TRIGGER USER; UPDATE revenue_ledger SET is_verified = NOT is_verified
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT verified FROM v_realtime_revenue;
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
SELECT NOT verified FROM v_realtime_revenue;

-- test: revenue is as old as the newest posting
-- sabotage: ALTER TABLE revenue_ledger DISABLE TRIGGER USER; UPDATE revenue_ledger SET posted_at = now()
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT data_freshness_seconds = 90 FROM v_realtime_revenue;

-- test: revenue is as old as the newest posting, and grows older without a refresh
-- set: app.current_tenant_id = c0000000-0000-4000-8000-000000000001
-- sabotage: CREATE OR REPLACE VIEW v_realtime_revenue WITH (security_barrier = true) AS SELECT total_revenue, verified, 89 AS data_freshness_seconds, tenant_id FROM mv_realtime_revenue
-- session A
INSERT INTO revenue_ledger (tenant_id, revenue_cents, posted_at)
VALUES ('c0000000-0000-4000-8000-000000000001', 1, now() - interval '89.9999 seconds');
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT data_freshness_seconds = 89 FROM v_realtime_revenue;
-- commit
-- session B
SELECT data_freshness_seconds >= 90 FROM v_realtime_revenue;

-- test: a posting that is dated ahead is not older than now
-- set: app.current_tenant_id = b0000000-0000-4000-8000-000000000001
-- sabotage: ALTER TABLE revenue_ledger DISABLE TRIGGER USER; UPDATE revenue_ledger SET posted_at = now() - interval '1 minute'
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT data_freshness_seconds = 0 FROM v_realtime_revenue;

-- test: a tenant without postings has no revenue row
-- set: app.current_tenant_id = c0000000-0000-4000-8000-000000000001
-- sabotage: INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('c0000000-0000-4000-8000-000000000001', 0)
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT count(*) = 0 FROM v_realtime_revenue;

-- test: the status of a tenant is that of its latest run
-- sabotage: DELETE FROM reconciliation_runs WHERE state = 'completed'
REFRESH MATERIALIZED VIEW mv_reconciliation_status;
SELECT state = 'completed' AND last_run_at = '2025-11-05 02:00:00+00' FROM v_reconciliation_status;

-- test: the latest run of one tenant does not hide an older one of another
-- set: app.current_tenant_id = b0000000-0000-4000-8000-000000000001
-- sabotage: DELETE FROM reconciliation_runs WHERE state = 'running'
REFRESH MATERIALIZED VIEW mv_reconciliation_status;
SELECT count(*) = 1 FROM v_reconciliation_status WHERE state = 'running';

-- test: of two last runs at the same moment the one that was written later counts, and there is one row
-- sabotage: UPDATE reconciliation_runs SET created_at = '2025-11-05 03:00:00+00' WHERE id = 'a0000000-0000-4000-8000-000000000402'
INSERT INTO reconciliation_runs (tenant_id, last_run_at, state, created_at)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00+00', 'failed', '2025-11-05 01:30:00+00');
REFRESH MATERIALIZED VIEW mv_reconciliation_status;
SELECT state = 'failed' FROM v_reconciliation_status;
