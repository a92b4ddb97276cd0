-- Phase 5B: every index has a query that needs it, or is a rule. db/docs/INDEX_PLAN.md lists them with their queries.
--
-- Dropping an index needs an exclusive lock on its table for a moment; building the one that is new locks writers out for as long as it
-- takes. CONCURRENTLY is refused inside of the transaction that a SQL file runs in: MIGRATION_SAFETY_CHECKLIST.md says when that matters.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';

CREATE INDEX idx_attribution_allocations_tenant_model_version ON attribution_allocations (tenant_id, model_version);
COMMENT ON INDEX idx_attribution_allocations_tenant_model_version IS 'What a model version allocated for a tenant, summed up by channel.';

DROP INDEX idx_tenants_name;
DROP INDEX idx_attribution_allocations_channel;
DROP INDEX idx_revenue_ledger_is_verified;
DROP INDEX idx_reconciliation_runs_state;
DROP INDEX idx_dead_events_source;
DROP INDEX idx_dead_events_error_code;

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';

CREATE INDEX idx_dead_events_error_code ON dead_events (error_code);
CREATE INDEX idx_dead_events_source ON dead_events (source);
CREATE INDEX idx_reconciliation_runs_state ON reconciliation_runs (state);
CREATE INDEX idx_revenue_ledger_is_verified ON revenue_ledger (is_verified);
CREATE INDEX idx_attribution_allocations_channel ON attribution_allocations (channel);
CREATE INDEX idx_tenants_name ON tenants (name);

COMMENT ON INDEX idx_dead_events_error_code IS 'Speculative: no query looks for an error code without a tenant.';
COMMENT ON INDEX idx_dead_events_source IS 'Speculative: no query looks for a source without a tenant.';
COMMENT ON INDEX idx_reconciliation_runs_state IS 'Speculative: no query looks for a state without a tenant.';
COMMENT ON INDEX idx_revenue_ledger_is_verified IS 'Speculative: a boolean without a tenant selects next to nothing.';
COMMENT ON INDEX idx_attribution_allocations_channel IS 'Speculative: no query looks for a channel without a tenant.';
COMMENT ON INDEX idx_tenants_name IS 'Speculative: no query looks for a tenant by its name.';

DROP INDEX idx_attribution_allocations_tenant_model_version;
