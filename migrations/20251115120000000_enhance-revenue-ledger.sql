-- Phase 4C: a posting says which allocation it posts and when it was posted, is posted once, and is not changed afterwards.
-- db/docs/IMMUTABILITY_POLICY.md says who may correct what and how; db/docs/DECISIONS.md gives the reasons for every rule.
--
-- Rows that exist get
--   posted_at      what the last down kept for the row, else created_at: a posting was posted when it was written, and not when
--                  this migration runs;
--   allocation_id  what the last down kept for the row, else NULL: nobody wrote down which allocation it was.
--
-- The ledger has no column in which the down could keep what it takes away. A posting of an allocation is kept there, in
-- model_metadata under "migration:enhance-revenue-ledger": { "ledger_id": …, "posted_at": … , "original": [ … ] } as the
-- migration before did. What cannot be kept anywhere stops the down.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

-- Writers wait from here on; allocations too, because the up takes out of their metadata what the down has put there.
LOCK TABLE attribution_allocations, revenue_ledger IN SHARE ROW EXCLUSIVE MODE;

-- Sums are checked after each statement: what waits for the end of the transaction would keep the tables from being altered.
SET CONSTRAINTS trg_check_allocation_sum IMMEDIATE;

ALTER TABLE revenue_ledger
    ADD COLUMN allocation_id uuid,
    ADD COLUMN posted_at timestamptz;

UPDATE revenue_ledger AS posting
SET
    allocation_id = kept.allocation_id,
    posted_at = kept.posted_at
FROM (
    SELECT
        id AS allocation_id,
        tenant_id,
        (model_metadata #>> '{migration:enhance-revenue-ledger,ledger_id}')::uuid AS ledger_id,
        (model_metadata #>> '{migration:enhance-revenue-ledger,posted_at}')::timestamptz AS posted_at
    FROM attribution_allocations
    WHERE model_metadata ? 'migration:enhance-revenue-ledger'
) AS kept
WHERE kept.tenant_id = posting.tenant_id AND kept.ledger_id = posting.id;

UPDATE revenue_ledger SET posted_at = created_at WHERE posted_at IS NULL;

UPDATE attribution_allocations
SET model_metadata = CASE
    WHEN model_metadata #> '{migration:enhance-revenue-ledger,original}' IS NOT NULL
        THEN model_metadata #> '{migration:enhance-revenue-ledger,original,0}'
    ELSE model_metadata - 'migration:enhance-revenue-ledger'
END
WHERE model_metadata ? 'migration:enhance-revenue-ledger';

-- NOT VALID needs a moment, VALIDATE reads while others write, and SET NOT NULL believes a valid CHECK. In one file, as here, none of
-- it shortens anything; MIGRATION_SAFETY_CHECKLIST.md says when to cut the file.
ALTER TABLE revenue_ledger
    ADD CONSTRAINT ck_revenue_ledger_filled_in CHECK (posted_at IS NOT NULL) NOT VALID;
ALTER TABLE revenue_ledger
    VALIDATE CONSTRAINT ck_revenue_ledger_filled_in;
ALTER TABLE revenue_ledger
    ALTER COLUMN posted_at SET NOT NULL,
    ALTER COLUMN posted_at SET DEFAULT now();
ALTER TABLE revenue_ledger
    DROP CONSTRAINT ck_revenue_ledger_filled_in;

-- A posting and its allocation belong to one tenant: the key that points at the allocation carries the tenant along.
ALTER TABLE attribution_allocations
    ADD CONSTRAINT uq_attribution_allocations_tenant_id_id UNIQUE (tenant_id, id);
ALTER TABLE revenue_ledger
    ADD CONSTRAINT fk_revenue_ledger_tenant_id_allocation_id
        FOREIGN KEY (tenant_id, allocation_id) REFERENCES attribution_allocations (tenant_id, id) ON DELETE CASCADE NOT VALID;
ALTER TABLE revenue_ledger
    VALIDATE CONSTRAINT fk_revenue_ledger_tenant_id_allocation_id;

CREATE UNIQUE INDEX idx_revenue_ledger_tenant_allocation_id
    ON revenue_ledger (tenant_id, allocation_id)
    WHERE allocation_id IS NOT NULL;

-- The admin path. A row of this table, written by the transaction that is under way, is what opens the ledger of its tenant to
-- that transaction. Nobody can write one but open_ledger_correction, which only ledger_admin may call; a setting could be made by
-- anybody, and what a cascade runs as is the owner of the table, whoever began it. The row stays, and says who did it and why.
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

CREATE FUNCTION open_ledger_correction(p_reason text) RETURNS uuid
    LANGUAGE sql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
    INSERT INTO ledger_corrections (tenant_id, reason)
    VALUES (NULLIF(current_setting('app.current_tenant_id', true), '')::uuid, p_reason)
    RETURNING id
$$;

CREATE FUNCTION refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        IF EXISTS (
            SELECT FROM ledger_corrections
            WHERE tenant_id = OLD.tenant_id
                AND transaction_id = pg_current_xact_id_if_assigned()
                -- Numbers of transactions come again in a cluster that the table was restored into.
                AND opened_at = now()
        ) THEN
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;

    RAISE EXCEPTION USING
        ERRCODE = 'restrict_violation',
        MESSAGE = format('%s of revenue_ledger is refused: a posting is not changed', TG_OP),
        HINT = 'Post what is missing without an allocation_id; for every other correction let a ledger_admin call open_ledger_correction(reason) first: IMMUTABILITY_POLICY.md.',
        TABLE = 'revenue_ledger',
        CONSTRAINT = TG_NAME;
END
$$;

CREATE TRIGGER trg_revenue_ledger_immutable
    BEFORE UPDATE OR DELETE ON revenue_ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();

-- There is no admin path for this one: it would take every tenant's postings.
CREATE TRIGGER trg_revenue_ledger_not_truncated
    BEFORE TRUNCATE ON revenue_ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

REVOKE UPDATE, DELETE ON revenue_ledger FROM app_rw;
GRANT UPDATE, DELETE ON revenue_ledger TO ledger_admin;
GRANT SELECT ON ledger_corrections TO ledger_admin;
REVOKE EXECUTE ON FUNCTION refuse_ledger_change() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION open_ledger_correction(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_ledger_correction(text) TO ledger_admin;

COMMENT ON COLUMN revenue_ledger.allocation_id IS 'The allocation that is posted, once. Null where there is none to name: a posting of a difference, one that a reconciliation run made, one from before this was recorded.';
COMMENT ON COLUMN revenue_ledger.posted_at IS 'When the revenue was posted; of rows from before this was recorded, when the row was written.';
COMMENT ON CONSTRAINT uq_attribution_allocations_tenant_id_id ON attribution_allocations IS 'What postings point at, so that they cannot point at an allocation of another tenant.';
COMMENT ON CONSTRAINT fk_revenue_ledger_tenant_id_allocation_id ON revenue_ledger IS 'A posting belongs to an allocation of its own tenant. Deleting the allocation deletes it, which the ledger allows on the admin path only.';
COMMENT ON INDEX idx_revenue_ledger_tenant_allocation_id IS 'Idempotency: an allocation is posted once.';
COMMENT ON TABLE ledger_corrections IS 'Who opened the ledger of a tenant for changes, when and why. Outlives the tenant, and so has no foreign key to it.';
COMMENT ON COLUMN ledger_corrections.id IS 'Identity of the correction.';
COMMENT ON COLUMN ledger_corrections.tenant_id IS 'Whose ledger was opened.';
COMMENT ON COLUMN ledger_corrections.transaction_id IS 'The transaction that may change postings, and no other.';
COMMENT ON COLUMN ledger_corrections.opened_by IS 'The role that logged in.';
COMMENT ON COLUMN ledger_corrections.opened_at IS 'When the transaction began.';
COMMENT ON COLUMN ledger_corrections.reason IS 'Why, in words for an auditor.';
COMMENT ON CONSTRAINT ledger_corrections_pkey ON ledger_corrections IS 'A correction is known by its id.';
COMMENT ON CONSTRAINT ck_ledger_corrections_reason_not_empty ON ledger_corrections IS 'A correction without a reason is none.';
COMMENT ON INDEX idx_ledger_corrections_tenant_transaction_id IS 'Whether this transaction may change postings of this tenant; corrections of a tenant.';
COMMENT ON POLICY tenant_isolation ON ledger_corrections IS 'A session sees rows of the tenant that app.current_tenant_id names.';
COMMENT ON FUNCTION open_ledger_correction(text) IS 'Lets the rest of this transaction change postings of the tenant of the session, and records who did and why.';
COMMENT ON FUNCTION refuse_ledger_change() IS 'Refuses changes of postings, except by a transaction that opened the ledger of their tenant.';
COMMENT ON TRIGGER trg_revenue_ledger_immutable ON revenue_ledger IS 'A posting is neither changed nor deleted, by a cascade neither.';
COMMENT ON TRIGGER trg_revenue_ledger_not_truncated ON revenue_ledger IS 'The ledger is never emptied.';

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

LOCK TABLE attribution_allocations, revenue_ledger IN SHARE ROW EXCLUSIVE MODE;

-- Sums are checked after each statement: what waits for the end of the transaction would keep the tables from being altered.
SET CONSTRAINTS trg_check_allocation_sum IMMEDIATE;

DO $$
DECLARE
    bad_rows bigint;
    named_rows text;
BEGIN
    SELECT count(*)
    INTO bad_rows
    FROM revenue_ledger
    WHERE allocation_id IS NULL AND posted_at <> created_at;

    IF bad_rows > 0 THEN
        SELECT string_agg(format('%s (posted %s)', id, posted_at), ', ' ORDER BY id)
        INTO named_rows
        FROM (
            SELECT id, posted_at
            FROM revenue_ledger
            WHERE allocation_id IS NULL AND posted_at <> created_at
            ORDER BY id
            LIMIT 10
        ) AS first_rows;

        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = format('%s posting(s) without an allocation were posted at another time than they were written; going down would lose it', bad_rows),
            DETAIL = format('The first of them: %s', named_rows),
            HINT = 'Go forward with another migration, or write the times down elsewhere and set posted_at to created_at on the admin path. Nothing was changed.',
            TABLE = 'revenue_ledger',
            COLUMN = 'posted_at';
    END IF;

    SELECT count(*) INTO bad_rows FROM ledger_corrections;

    IF bad_rows > 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'restrict_violation',
            MESSAGE = format('%s correction(s) of the ledger are on record; going down would lose them', bad_rows),
            HINT = 'Go forward with another migration, or move the rows of ledger_corrections to where audits are kept. Nothing was changed.',
            TABLE = 'ledger_corrections';
    END IF;
END
$$;

-- A key of this name that the application wrote would be taken for ours by the next up: such a row is kept whole in "original".
UPDATE attribution_allocations AS allocation
SET model_metadata = CASE
    WHEN jsonb_typeof(allocation.model_metadata) = 'object'
        AND NOT allocation.model_metadata ? 'migration:enhance-revenue-ledger'
        THEN allocation.model_metadata || jsonb_build_object('migration:enhance-revenue-ledger', kept.posting)
    ELSE jsonb_build_object(
        'migration:enhance-revenue-ledger',
        kept.posting || jsonb_build_object(
            'original',
            CASE WHEN allocation.model_metadata IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(allocation.model_metadata) END
        )
    )
END
FROM (
    SELECT
        target.id,
        CASE
            WHEN posting.id IS NULL THEN '{}'::jsonb
            ELSE jsonb_build_object('ledger_id', posting.id, 'posted_at', posting.posted_at)
        END AS posting
    FROM attribution_allocations AS target
    LEFT JOIN revenue_ledger AS posting ON posting.tenant_id = target.tenant_id AND posting.allocation_id = target.id
    WHERE posting.id IS NOT NULL OR target.model_metadata ? 'migration:enhance-revenue-ledger'
) AS kept
WHERE kept.id = allocation.id;

DROP TRIGGER trg_revenue_ledger_not_truncated ON revenue_ledger;
DROP TRIGGER trg_revenue_ledger_immutable ON revenue_ledger;
DROP FUNCTION refuse_ledger_change();
DROP FUNCTION open_ledger_correction(text);
DROP TABLE ledger_corrections;

REVOKE UPDATE, DELETE ON revenue_ledger FROM ledger_admin;
GRANT UPDATE, DELETE ON revenue_ledger TO app_rw;

DROP INDEX idx_revenue_ledger_tenant_allocation_id;
ALTER TABLE revenue_ledger
    DROP CONSTRAINT fk_revenue_ledger_tenant_id_allocation_id;
ALTER TABLE attribution_allocations
    DROP CONSTRAINT uq_attribution_allocations_tenant_id_id;
ALTER TABLE revenue_ledger
    DROP COLUMN posted_at,
    DROP COLUMN allocation_id;
