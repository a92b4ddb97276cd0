-- Every row belongs to a tenant, and a session reaches the rows of the tenant that it names in app.current_tenant_id.
-- The roles app_rw and app_ro are cluster-wide: whoever creates the database creates them, never a migration.
--
-- NULLIF: a session that has RESET the setting, or lives on a pooled connection where it was set once, reads '' instead of
-- NULL. Both mean "no tenant", and no tenant reaches no row. A setting that is no uuid is an error, which also reaches no row.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants
    FOR ALL
    USING (id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON tenants IS 'A session sees and writes the one tenant that app.current_tenant_id names.';

ALTER TABLE attribution_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON attribution_events
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON attribution_events IS 'A session sees and writes rows of the tenant that app.current_tenant_id names.';

ALTER TABLE attribution_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON attribution_allocations
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON attribution_allocations IS 'A session sees and writes rows of the tenant that app.current_tenant_id names.';

ALTER TABLE revenue_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE revenue_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON revenue_ledger
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON revenue_ledger IS 'A session sees and writes rows of the tenant that app.current_tenant_id names.';

ALTER TABLE reconciliation_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconciliation_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON reconciliation_runs
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON reconciliation_runs IS 'A session sees and writes rows of the tenant that app.current_tenant_id names.';

ALTER TABLE dead_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON dead_events
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
COMMENT ON POLICY tenant_isolation ON dead_events IS 'A session sees and writes rows of the tenant that app.current_tenant_id names.';

GRANT SELECT, INSERT, UPDATE, DELETE
    ON tenants, attribution_events, attribution_allocations, revenue_ledger, reconciliation_runs, dead_events
    TO app_rw;
GRANT SELECT
    ON tenants, attribution_events, attribution_allocations, revenue_ledger, reconciliation_runs, dead_events
    TO app_ro;

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

REVOKE SELECT, INSERT, UPDATE, DELETE
    ON tenants, attribution_events, attribution_allocations, revenue_ledger, reconciliation_runs, dead_events
    FROM app_rw;
REVOKE SELECT
    ON tenants, attribution_events, attribution_allocations, revenue_ledger, reconciliation_runs, dead_events
    FROM app_ro;

-- FORCE is a flag of its own: DISABLE alone would leave it behind.
DROP POLICY tenant_isolation ON dead_events;
ALTER TABLE dead_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE dead_events DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON reconciliation_runs;
ALTER TABLE reconciliation_runs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE reconciliation_runs DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON revenue_ledger;
ALTER TABLE revenue_ledger NO FORCE ROW LEVEL SECURITY;
ALTER TABLE revenue_ledger DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON attribution_allocations;
ALTER TABLE attribution_allocations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE attribution_allocations DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON attribution_events;
ALTER TABLE attribution_events NO FORCE ROW LEVEL SECURITY;
ALTER TABLE attribution_events DISABLE ROW LEVEL SECURITY;
DROP POLICY tenant_isolation ON tenants;
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants DISABLE ROW LEVEL SECURITY;
