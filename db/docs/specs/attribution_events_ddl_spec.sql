-- attribution_events: Events that revenue is attributed from.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants, and its
-- trigger calls check_event_allocation_sums().
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE attribution_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    external_event_id text,
    correlation_id uuid,
    session_id uuid,
    revenue_cents integer NOT NULL DEFAULT 0,
    raw_payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attribution_events_pkey PRIMARY KEY (id),
    CONSTRAINT uq_attribution_events_tenant_id_id UNIQUE (tenant_id, id),
    CONSTRAINT fk_attribution_events_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_attribution_events_revenue_cents CHECK (revenue_cents >= 0)
);

CREATE UNIQUE INDEX idx_attribution_events_tenant_external_event_id
    ON attribution_events (tenant_id, external_event_id)
    WHERE external_event_id IS NOT NULL;
CREATE UNIQUE INDEX idx_attribution_events_tenant_correlation_id
    ON attribution_events (tenant_id, correlation_id)
    WHERE correlation_id IS NOT NULL AND external_event_id IS NULL;
CREATE INDEX idx_attribution_events_tenant_occurred_at ON attribution_events (tenant_id, occurred_at DESC);
CREATE INDEX idx_attribution_events_tenant_session_id
    ON attribution_events (tenant_id, session_id)
    WHERE session_id IS NOT NULL;

ALTER TABLE attribution_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribution_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON attribution_events
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);

CREATE CONSTRAINT TRIGGER trg_check_event_allocation_sums
    AFTER UPDATE OF revenue_cents ON attribution_events
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.revenue_cents IS DISTINCT FROM NEW.revenue_cents)
    EXECUTE FUNCTION check_event_allocation_sums();
