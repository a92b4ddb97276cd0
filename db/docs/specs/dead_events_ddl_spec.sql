-- dead_events: Deliveries that could not be made events.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants.
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE dead_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    ingested_at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL,
    error_code text NOT NULL,
    error_detail jsonb NOT NULL,
    raw_payload jsonb NOT NULL,
    correlation_id uuid,
    external_event_id text,
    CONSTRAINT dead_events_pkey PRIMARY KEY (id),
    CONSTRAINT fk_dead_events_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

CREATE INDEX idx_dead_events_tenant_ingested_at ON dead_events (tenant_id, ingested_at DESC);

ALTER TABLE dead_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON dead_events
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
