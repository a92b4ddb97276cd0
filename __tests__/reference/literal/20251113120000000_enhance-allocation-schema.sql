-- The requirements' phase 4A: "Changes Required", 1 to 4 (of 3 option A), word for word. They give no down; this is the obvious one.

-- Up Migration

ALTER TABLE attribution_allocations
    ADD COLUMN allocation_ratio numeric(6,5) NOT NULL
    CHECK (allocation_ratio >= 0 AND allocation_ratio <= 1);

ALTER TABLE attribution_allocations
    ADD COLUMN model_version text NOT NULL;

-- Option A: CHECK constraint (if enum is small/stable)
ALTER TABLE attribution_allocations
    ADD CONSTRAINT ck_attribution_allocations_channel_code_valid
    CHECK (channel IN ('google_search', 'facebook_ads', 'direct', 'email', 'organic'));

-- Add model_version to idempotency key
CREATE UNIQUE INDEX idx_attribution_allocations_tenant_event_model_channel
    ON attribution_allocations (tenant_id, event_id, model_version, channel)
    WHERE model_version IS NOT NULL;

-- Down Migration

DROP INDEX idx_attribution_allocations_tenant_event_model_channel;

ALTER TABLE attribution_allocations
    DROP CONSTRAINT ck_attribution_allocations_channel_code_valid;

ALTER TABLE attribution_allocations
    DROP COLUMN model_version;

ALTER TABLE attribution_allocations
    DROP COLUMN allocation_ratio;
