-- attribution_allocations: What a model gives a channel of an event's revenue.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants and
-- attribution_events, and its trigger calls check_allocation_sum().
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE attribution_allocations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    channel text NOT NULL,
    allocated_revenue_cents integer NOT NULL DEFAULT 0,
    model_metadata jsonb,
    correlation_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    allocation_ratio numeric(6, 5) NOT NULL,
    model_version text NOT NULL,
    CONSTRAINT attribution_allocations_pkey PRIMARY KEY (id),
    CONSTRAINT uq_attribution_allocations_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_attribution_allocations_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT fk_attribution_allocations_tenant_id_event_id
        FOREIGN KEY (tenant_id, event_id) REFERENCES attribution_events (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_attribution_allocations_allocated_revenue_cents CHECK (allocated_revenue_cents >= 0),
    CONSTRAINT ck_attribution_allocations_allocation_ratio CHECK (allocation_ratio >= 0 AND allocation_ratio <= 1),
    CONSTRAINT ck_attribution_allocations_channel_code_valid
        CHECK (channel IN ('google_search', 'facebook_ads', 'direct', 'email', 'organic'))
);

CREATE INDEX idx_attribution_allocations_event_id ON attribution_allocations (event_id);
CREATE INDEX idx_attribution_allocations_tenant_created_at ON attribution_allocations (tenant_id, created_at DESC);
CREATE INDEX idx_attribution_allocations_tenant_model_version ON attribution_allocations (tenant_id, model_version);
CREATE UNIQUE INDEX idx_attribution_allocations_tenant_event_model_channel
    ON attribution_allocations (tenant_id, event_id, model_version, channel)
    WHERE model_version IS NOT NULL;

ALTER TABLE attribution_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON attribution_allocations
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);

CREATE CONSTRAINT TRIGGER trg_check_allocation_sum
    AFTER INSERT OR UPDATE OR DELETE ON attribution_allocations
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_allocation_sum();
