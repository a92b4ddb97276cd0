-- reconciliation_runs: Runs that compare posted revenue with the payment providers.
-- The whole table as it stands at head; executed in an empty schema it must give the same table. It refers to tenants.
-- The meaning of the columns is in their comments, and in db/docs/contract_schema_mapping.yaml.

CREATE TABLE reconciliation_runs (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    last_run_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'idle',
    error_message text,
    run_metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reconciliation_runs_pkey PRIMARY KEY (id),
    CONSTRAINT fk_reconciliation_runs_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_reconciliation_runs_state CHECK (state IN ('idle', 'running', 'failed', 'completed'))
);

CREATE INDEX idx_reconciliation_runs_tenant_last_run_at ON reconciliation_runs (tenant_id, last_run_at DESC);

ALTER TABLE reconciliation_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE reconciliation_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON reconciliation_runs
    FOR ALL
    USING (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid);
