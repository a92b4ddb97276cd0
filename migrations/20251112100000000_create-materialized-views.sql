-- What the two heavy read endpoints are served from.
--
-- A materialized view is filled with what its owner may see: an owner without BYPASSRLS, under FORCE ROW LEVEL SECURITY,
-- fills it with nothing, and without an error. And it has no row level security of its own: who may read it, reads every tenant.
-- db/docs/DECISIONS.md says which later phase repairs what.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';

CREATE MATERIALIZED VIEW mv_realtime_revenue AS
SELECT
    tenant_id,
    sum(revenue_cents) / 100.0 AS total_revenue,
    bool_and(is_verified) AS verified,
    extract(epoch FROM now() - max(updated_at))::integer AS data_freshness_seconds
FROM revenue_ledger
GROUP BY tenant_id;

COMMENT ON MATERIALIZED VIEW mv_realtime_revenue IS 'Posted revenue of each tenant, for RealtimeRevenueResponse.';
COMMENT ON COLUMN mv_realtime_revenue.tenant_id IS 'Whose revenue it is.';
COMMENT ON COLUMN mv_realtime_revenue.total_revenue IS 'Sum of all postings, in units of the tenant''s currency (not cents).';
COMMENT ON COLUMN mv_realtime_revenue.verified IS 'Whether every posting in the sum is verified.';
COMMENT ON COLUMN mv_realtime_revenue.data_freshness_seconds IS 'Age of the newest posting when the view was refreshed; it does not grow older afterwards.';

CREATE UNIQUE INDEX idx_mv_realtime_revenue_tenant_id ON mv_realtime_revenue (tenant_id);
COMMENT ON INDEX idx_mv_realtime_revenue_tenant_id IS 'The row of one tenant; REFRESH … CONCURRENTLY needs it.';

CREATE MATERIALIZED VIEW mv_reconciliation_status AS
SELECT
    run.state,
    run.last_run_at,
    run.tenant_id
FROM reconciliation_runs AS run
INNER JOIN (
    SELECT tenant_id, max(last_run_at) AS last_run_at
    FROM reconciliation_runs
    GROUP BY tenant_id
) AS latest ON latest.tenant_id = run.tenant_id AND latest.last_run_at = run.last_run_at;

COMMENT ON MATERIALIZED VIEW mv_reconciliation_status IS 'The latest reconciliation run of each tenant, for ReconciliationStatusResponse.';
COMMENT ON COLUMN mv_reconciliation_status.state IS 'State of the latest run.';
COMMENT ON COLUMN mv_reconciliation_status.last_run_at IS 'When the latest run last did something.';
COMMENT ON COLUMN mv_reconciliation_status.tenant_id IS 'Whose run it is.';

CREATE UNIQUE INDEX idx_mv_reconciliation_status_tenant_id ON mv_reconciliation_status (tenant_id);
COMMENT ON INDEX idx_mv_reconciliation_status_tenant_id IS 'The row of one tenant; REFRESH … CONCURRENTLY needs it.';

GRANT SELECT ON mv_realtime_revenue, mv_reconciliation_status TO app_rw, app_ro;

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP MATERIALIZED VIEW mv_reconciliation_status;
DROP MATERIALIZED VIEW mv_realtime_revenue;
