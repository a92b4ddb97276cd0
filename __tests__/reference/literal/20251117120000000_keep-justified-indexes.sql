-- The requirements' phase 5B: "Remove unjustified indexes (if any)", which the baseline's own plan justifies with a word each, and "Add
-- missing indexes: `(tenant_id, model_version)`". They give no SQL: this is the least that does what they say.

-- Up Migration

CREATE INDEX idx_attribution_allocations_tenant_model_version ON attribution_allocations (tenant_id, model_version);

-- Down Migration

DROP INDEX idx_attribution_allocations_tenant_model_version;
