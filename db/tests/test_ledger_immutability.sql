-- Immutability: a posting is neither changed nor deleted, by nobody and no cascade, except on the admin path, which leaves a record.
-- db/docs/IMMUTABILITY_POLICY.md is the policy.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles');

INSERT INTO attribution_events (id, tenant_id, occurred_at, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 10000, '{}');

INSERT INTO attribution_allocations (id, tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);

INSERT INTO revenue_ledger (id, tenant_id, revenue_cents, allocation_id) VALUES
    ('a0000000-0000-4000-8000-000000000301', 'a0000000-0000-4000-8000-000000000001', 10000, 'a0000000-0000-4000-8000-000000000201'),
    ('b0000000-0000-4000-8000-000000000301', 'b0000000-0000-4000-8000-000000000001', 4999, NULL);

-- test: app_rw may post
-- as: app_rw
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 1);
SELECT count(*) = 2 FROM revenue_ledger;

-- test: app_rw changes no posting
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: app_rw changes no single column of a posting
-- as: app_rw
-- expect error: insufficient_privilege
UPDATE revenue_ledger SET is_verified = true;

-- test: app_rw deletes no posting
-- as: app_rw
-- expect error: insufficient_privilege
DELETE FROM revenue_ledger;

-- test: the owner changes no posting
-- expect error: restrict_violation on trg_revenue_ledger_immutable matching UPDATE of revenue_ledger is refused
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: the owner deletes no posting
-- expect error: restrict_violation on trg_revenue_ledger_immutable matching DELETE of revenue_ledger is refused
DELETE FROM revenue_ledger;

-- test: the ledger is not emptied
-- expect error: restrict_violation on trg_revenue_ledger_not_truncated
TRUNCATE revenue_ledger;

-- test: the ledger is not emptied along with the tenants
-- expect error: restrict_violation on trg_revenue_ledger_not_truncated
TRUNCATE tenants CASCADE;

-- test: app_rw deletes no posting by deleting what it hangs on
-- as: app_rw
-- expect error: restrict_violation on trg_revenue_ledger_immutable
DELETE FROM attribution_events;

-- test: a ledger_admin changes no posting without saying why
-- as: ledger_admin
-- expect error: restrict_violation on trg_revenue_ledger_immutable
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: a ledger_admin who says why may correct a posting
-- as: ledger_admin
SELECT open_ledger_correction('posted in the wrong currency') IS NOT NULL;
UPDATE revenue_ledger SET revenue_cents = 9000;
SELECT revenue_cents = 9000 FROM revenue_ledger;

-- test: a ledger_admin who says why may delete a posting
-- as: ledger_admin
SELECT open_ledger_correction('posted twice by hand') IS NOT NULL;
DELETE FROM revenue_ledger;
SELECT count(*) = 0 FROM revenue_ledger;

-- test: an amount that was too small is corrected by posting the difference, without an allocation
-- as: app_rw
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 500);
SELECT sum(revenue_cents) = 10500 FROM revenue_ledger;

-- test: the difference is not posted for the allocation that was posted
-- as: app_rw
-- expect error: unique_violation on idx_revenue_ledger_tenant_allocation_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
VALUES ('a0000000-0000-4000-8000-000000000001', 500, 'a0000000-0000-4000-8000-000000000201');

-- test: an amount that was too high is not corrected by posting a negative difference
-- as: app_rw
-- expect error: check_violation on ck_revenue_ledger_revenue_cents
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', -500);

-- test: a ledger_admin moves no posting to another tenant
-- as: ledger_admin
SELECT open_ledger_correction('posted for the wrong tenant') IS NOT NULL;
-- expect error: insufficient_privilege matching row-level security policy
UPDATE revenue_ledger SET tenant_id = 'b0000000-0000-4000-8000-000000000001', allocation_id = NULL;

-- test: a ledger_admin deletes what was posted for the wrong tenant, and posts it for the right one
-- as: ledger_admin
SELECT open_ledger_correction('posted for the wrong tenant') IS NOT NULL;
DELETE FROM revenue_ledger;
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('b0000000-0000-4000-8000-000000000001', 10000);
SELECT sum(revenue_cents) = 14999 FROM revenue_ledger;

-- test: the admin path does not lead to emptying the ledger
SELECT open_ledger_correction('everything is wrong') IS NOT NULL;
-- expect error: restrict_violation on trg_revenue_ledger_not_truncated
TRUNCATE revenue_ledger;

-- test: a correction says who, when and why
-- sabotage: ALTER TABLE ledger_corrections ALTER COLUMN opened_by SET DEFAULT 'somebody'
-- as: ledger_admin
SELECT open_ledger_correction('posted in the wrong currency') IS NOT NULL;
SELECT reason = 'posted in the wrong currency' AND opened_by = session_user AND opened_at = now()
    AND tenant_id = 'a0000000-0000-4000-8000-000000000001' AND transaction_id = pg_current_xact_id()
FROM ledger_corrections;

-- test: a correction without a reason is refused
-- as: ledger_admin
-- expect error: check_violation on ck_ledger_corrections_reason_not_empty
SELECT open_ledger_correction('   ');

-- test: a correction without the word why is refused
-- as: ledger_admin
-- expect error: not_null_violation on reason
SELECT open_ledger_correction(NULL);

-- test: a correction is of the tenant that is set
-- as: ledger_admin
SET LOCAL app.current_tenant_id = '';
-- expect error: not_null_violation on tenant_id
SELECT open_ledger_correction('no tenant');

-- test: a correction opens the ledger of its tenant and no other
-- as: ledger_admin
SELECT open_ledger_correction('posted in the wrong currency') IS NOT NULL;
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
-- expect error: restrict_violation on trg_revenue_ledger_immutable
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: app_rw opens no ledger
-- sabotage: GRANT EXECUTE ON FUNCTION open_ledger_correction(text) TO app_rw
-- as: app_rw
-- expect error: insufficient_privilege
SELECT open_ledger_correction('let me');

-- test: app_ro opens no ledger
-- sabotage: GRANT EXECUTE ON FUNCTION open_ledger_correction(text) TO app_ro
-- as: app_ro
-- expect error: insufficient_privilege
SELECT open_ledger_correction('let me');

-- test: a setting opens no ledger
-- expect error: restrict_violation on trg_revenue_ledger_immutable
WITH opened AS (SELECT set_config('app.ledger_admin', 'true', true))
UPDATE revenue_ledger SET revenue_cents = 1 FROM opened;

-- test: app_rw writes no record of a correction
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO ledger_corrections (tenant_id, reason) VALUES ('a0000000-0000-4000-8000-000000000001', 'let me');

-- test: a ledger_admin writes no record of a correction by hand
-- as: ledger_admin
-- expect error: insufficient_privilege
INSERT INTO ledger_corrections (tenant_id, reason) VALUES ('a0000000-0000-4000-8000-000000000001', 'let me');

-- test: a ledger_admin changes no record of a correction
-- as: ledger_admin
-- expect error: insufficient_privilege
UPDATE ledger_corrections SET reason = 'another';

-- test: a ledger_admin deletes no record of a correction
-- as: ledger_admin
-- expect error: insufficient_privilege
DELETE FROM ledger_corrections;

-- test: app_rw reads no record of a correction
-- as: app_rw
-- expect error: insufficient_privilege
SELECT count(*) = 0 FROM ledger_corrections;

-- test: app_ro reads no record of a correction
-- as: app_ro
-- expect error: insufficient_privilege
SELECT count(*) = 0 FROM ledger_corrections;

-- test: a correction ends with its transaction
-- as: ledger_admin
-- session A
SELECT open_ledger_correction('posted in the wrong currency') IS NOT NULL;
-- commit
-- session A
-- expect error: restrict_violation on trg_revenue_ledger_immutable
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: a correction is not another session's
-- as: ledger_admin
-- session A
SELECT open_ledger_correction('posted in the wrong currency') IS NOT NULL;
-- session B
-- expect error: restrict_violation on trg_revenue_ledger_immutable
UPDATE revenue_ledger SET revenue_cents = 1;

-- test: a posting of now is posted now
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 1);
SELECT posted_at = now() FROM revenue_ledger WHERE revenue_cents = 1;

-- test: a posting says when it was posted
-- expect error: not_null_violation on posted_at
INSERT INTO revenue_ledger (tenant_id, revenue_cents, posted_at) VALUES ('a0000000-0000-4000-8000-000000000001', 1, NULL);
