-- revenue_ledger: Revenue that was posted.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants and
-- attribution_allocations, and its triggers call refuse_ledger_change().
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
    allocation_id uuid,
    posted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT revenue_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT fk_revenue_ledger_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT fk_revenue_ledger_tenant_id_allocation_id
        FOREIGN KEY (tenant_id, allocation_id) REFERENCES attribution_allocations (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_revenue_ledger_revenue_cents CHECK (revenue_cents >= 0)
);

CREATE INDEX idx_revenue_ledger_tenant_updated_at ON revenue_ledger (tenant_id, updated_at DESC);
CREATE UNIQUE INDEX idx_revenue_ledger_tenant_allocation_id
    ON revenue_ledger (tenant_id, allocation_id)
    WHERE allocation_id IS NOT NULL;

ALTER TABLE revenue_ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE revenue_ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON revenue_ledger
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);

CREATE TRIGGER trg_revenue_ledger_immutable
    BEFORE UPDATE OR DELETE ON revenue_ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER trg_revenue_ledger_not_truncated
    BEFORE TRUNCATE ON revenue_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
