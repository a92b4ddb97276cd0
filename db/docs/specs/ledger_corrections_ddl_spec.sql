-- ledger_corrections: Who opened the ledger of a tenant for changes, when and why.
-- The whole table as it stands at head; executed in an empty schema it must give the same table.
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE ledger_corrections (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    opened_by text NOT NULL DEFAULT session_user,
    opened_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    CONSTRAINT ledger_corrections_pkey PRIMARY KEY (id),
    CONSTRAINT ck_ledger_corrections_reason_not_empty CHECK (btrim(reason) <> '')
);

CREATE INDEX idx_ledger_corrections_tenant_transaction_id ON ledger_corrections (tenant_id, transaction_id);

ALTER TABLE ledger_corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON ledger_corrections
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
