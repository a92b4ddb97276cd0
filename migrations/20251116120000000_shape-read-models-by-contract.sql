-- Phase 5A: the two read endpoints are served from views that give the contract's fields, in the contract's order, of the tenant of
-- the session. The materialized views behind them are read by nobody else, and refreshed by a role that can do nothing else.
--
-- A materialized view is filled with what its owner may see: the owner has BYPASSRLS, whoever asks for the refresh.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

DROP MATERIALIZED VIEW mv_realtime_revenue;
DROP MATERIALIZED VIEW mv_reconciliation_status;

-- How old the newest posting is depends on when it is asked; what is kept is when it was posted.
CREATE MATERIALIZED VIEW mv_realtime_revenue AS
SELECT
    round(sum(revenue_cents) / 100.0, 2) AS total_revenue,
    bool_and(is_verified) AS verified,
    max(posted_at) AS last_posted_at,
    tenant_id
FROM revenue_ledger
GROUP BY tenant_id;

CREATE UNIQUE INDEX idx_mv_realtime_revenue_tenant_id ON mv_realtime_revenue (tenant_id);

-- One row for a tenant, also where its last two runs did something at the same moment: then the one that was written later counts.
CREATE MATERIALIZED VIEW mv_reconciliation_status AS
SELECT DISTINCT ON (tenant_id)
    state,
    last_run_at,
    tenant_id
FROM reconciliation_runs
ORDER BY tenant_id, last_run_at DESC, created_at DESC, id DESC;

CREATE UNIQUE INDEX idx_mv_reconciliation_status_tenant_id ON mv_reconciliation_status (tenant_id);

CREATE VIEW v_realtime_revenue WITH (security_barrier = true) AS
SELECT
    total_revenue,
    verified,
    greatest(0, floor(extract(epoch FROM now() - last_posted_at)))::integer AS data_freshness_seconds,
    tenant_id
FROM mv_realtime_revenue
WHERE tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;

CREATE VIEW v_reconciliation_status WITH (security_barrier = true) AS
SELECT
    state,
    last_run_at,
    tenant_id
FROM mv_reconciliation_status
WHERE tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;

GRANT SELECT ON v_realtime_revenue, v_reconciliation_status TO app_rw, app_ro;

-- CONCURRENTLY: who reads meanwhile gets the old rows and does not wait.
CREATE FUNCTION refresh_read_models() RETURNS void
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_allocation_summary;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_realtime_revenue;
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_reconciliation_status;
END
$$;

REVOKE EXECUTE ON FUNCTION refresh_read_models() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_read_models() TO read_model_refresher;

COMMENT ON MATERIALIZED VIEW mv_realtime_revenue IS 'Posted revenue of each tenant. Read it through v_realtime_revenue.';
COMMENT ON COLUMN mv_realtime_revenue.total_revenue IS 'Sum of all postings, in units of the tenant''s currency (not cents).';
COMMENT ON COLUMN mv_realtime_revenue.verified IS 'Whether every posting in the sum is verified.';
COMMENT ON COLUMN mv_realtime_revenue.last_posted_at IS 'When the newest posting was posted.';
COMMENT ON COLUMN mv_realtime_revenue.tenant_id IS 'Whose revenue it is.';
COMMENT ON INDEX idx_mv_realtime_revenue_tenant_id IS 'The row of one tenant; REFRESH … CONCURRENTLY needs it.';
COMMENT ON MATERIALIZED VIEW mv_reconciliation_status IS 'The latest reconciliation run of each tenant. Read it through v_reconciliation_status.';
COMMENT ON COLUMN mv_reconciliation_status.state IS 'State of the latest run.';
COMMENT ON COLUMN mv_reconciliation_status.last_run_at IS 'When the latest run last did something.';
COMMENT ON COLUMN mv_reconciliation_status.tenant_id IS 'Whose run it is.';
COMMENT ON INDEX idx_mv_reconciliation_status_tenant_id IS 'The row of one tenant; REFRESH … CONCURRENTLY needs it.';
COMMENT ON VIEW v_realtime_revenue IS 'RealtimeRevenueResponse for the tenant of the session.';
COMMENT ON COLUMN v_realtime_revenue.total_revenue IS 'Sum of all postings, in units of the tenant''s currency (not cents).';
COMMENT ON COLUMN v_realtime_revenue.verified IS 'Whether every posting in the sum is verified.';
COMMENT ON COLUMN v_realtime_revenue.data_freshness_seconds IS 'Age of the newest posting at the moment of the answer.';
COMMENT ON COLUMN v_realtime_revenue.tenant_id IS 'Whose revenue it is.';
COMMENT ON VIEW v_reconciliation_status IS 'ReconciliationStatusResponse for the tenant of the session.';
COMMENT ON COLUMN v_reconciliation_status.state IS 'State of the latest run.';
COMMENT ON COLUMN v_reconciliation_status.last_run_at IS 'When the latest run last did something.';
COMMENT ON COLUMN v_reconciliation_status.tenant_id IS 'Whose run it is.';
COMMENT ON FUNCTION refresh_read_models() IS 'Brings all materialized views up to date: REFRESH_SLA.md says how often.';

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

-- The old view has two rows for such a tenant, and its unique index refuses them.
DO $$
DECLARE
    named_tenants text;
BEGIN
    SELECT string_agg(tenant_id::text, ', ' ORDER BY tenant_id)
    INTO named_tenants
    FROM (
        SELECT run.tenant_id
        FROM reconciliation_runs AS run
        WHERE run.last_run_at = (
            SELECT max(other.last_run_at) FROM reconciliation_runs AS other WHERE other.tenant_id = run.tenant_id
        )
        GROUP BY run.tenant_id
        HAVING count(*) > 1
    ) AS tied;

    IF named_tenants IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'unique_violation',
            MESSAGE = 'the last runs of a tenant did something at the same moment; the view that comes back cannot hold them',
            DETAIL = format('Tenants: %s', named_tenants),
            HINT = 'Wait for the next run of these tenants, then migrate down again. Nothing was changed.',
            TABLE = 'mv_reconciliation_status',
            CONSTRAINT = 'idx_mv_reconciliation_status_tenant_id';
    END IF;
END
$$;

DROP FUNCTION refresh_read_models();
DROP VIEW v_reconciliation_status;
DROP VIEW v_realtime_revenue;
DROP MATERIALIZED VIEW mv_reconciliation_status;
DROP MATERIALIZED VIEW mv_realtime_revenue;

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
