-- Read models: what the materialized views say after a refresh. A refresh runs with the rights of the views' owner, who has
-- BYPASSRLS, whoever asks for it: so each view holds every tenant, whichever is set.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles'),
    ('c0000000-0000-4000-8000-000000000001', 'Cedar Books');

INSERT INTO revenue_ledger (tenant_id, revenue_cents, is_verified) VALUES
    ('a0000000-0000-4000-8000-000000000001', 10000, true),
    ('a0000000-0000-4000-8000-000000000001', 4999, true),
    ('b0000000-0000-4000-8000-000000000001', 2147483647, true),
    ('b0000000-0000-4000-8000-000000000001', 2147483647, false);

INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'failed'),
    ('a0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00+00', 'completed'),
    ('b0000000-0000-4000-8000-000000000001', '2025-11-03 02:00:00+00', 'running');

-- test: revenue is the sum of a tenant's postings, in units and not in cents
-- sabotage: DELETE FROM revenue_ledger WHERE revenue_cents = 4999
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT total_revenue = 149.99 FROM mv_realtime_revenue WHERE tenant_id = 'a0000000-0000-4000-8000-000000000001';

-- test: a sum may be more than an integer holds
-- sabotage: DELETE FROM revenue_ledger WHERE NOT is_verified
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT total_revenue = 42949672.94 FROM mv_realtime_revenue WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: revenue is verified when every posting in it is
-- sabotage: UPDATE revenue_ledger SET is_verified = NOT is_verified
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT verified FROM mv_realtime_revenue WHERE tenant_id = 'a0000000-0000-4000-8000-000000000001';
SELECT NOT verified FROM mv_realtime_revenue WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001';

-- test: a tenant without postings has no revenue row
-- sabotage: INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('c0000000-0000-4000-8000-000000000001', 0)
REFRESH MATERIALIZED VIEW mv_realtime_revenue;
SELECT count(*) = 0 FROM mv_realtime_revenue WHERE tenant_id = 'c0000000-0000-4000-8000-000000000001';

-- test: the status of a tenant is that of its latest run
-- sabotage: DELETE FROM reconciliation_runs WHERE state = 'completed'
REFRESH MATERIALIZED VIEW mv_reconciliation_status;
SELECT state = 'completed' AND last_run_at = '2025-11-05 02:00:00+00'
FROM mv_reconciliation_status WHERE tenant_id = 'a0000000-0000-4000-8000-000000000001';

-- test: the latest run of one tenant does not hide an older one of another
-- sabotage: DELETE FROM reconciliation_runs WHERE state = 'running'
REFRESH MATERIALIZED VIEW mv_reconciliation_status;
SELECT count(*) = 1 FROM mv_reconciliation_status WHERE tenant_id = 'b0000000-0000-4000-8000-000000000001' AND state = 'running';
