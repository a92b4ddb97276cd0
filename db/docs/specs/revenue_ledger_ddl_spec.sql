-- revenue_ledger: Revenue that was posted.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants.
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE revenue_ledger (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    revenue_cents integer NOT NULL,
    is_verified boolean NOT NULL DEFAULT false,
    verified_at timestamptz,
    reconciliation_run_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT revenue_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT fk_revenue_ledger_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_revenue_ledger_revenue_cents CHECK (revenue_cents >= 0)
);

CREATE INDEX idx_revenue_ledger_tenant_updated_at ON revenue_ledger (tenant_id, updated_at DESC);
CREATE INDEX idx_revenue_ledger_is_verified ON revenue_ledger (is_verified);

ALTER TABLE revenue_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE revenue_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON revenue_ledger
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
