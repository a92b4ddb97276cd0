-- Foreign keys: nothing without its tenant, no allocation without its event, and what is deleted takes along what hangs on it.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles'),
    ('d0000000-0000-4000-8000-000000000001', 'Dune Travel');

INSERT INTO attribution_events (id, tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', 10000, '{}'),
    ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 11:00:00+00', 'order-2', 4999, '{}'),
    ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 12:00:00+00', 'order-1', 100, '{}'),
    ('d0000000-0000-4000-8000-000000000101', 'd0000000-0000-4000-8000-000000000001', '2025-11-03 12:00:00+00', 'order-1', 100, '{}');

INSERT INTO attribution_allocations (id, tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000201', 'a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000),
    ('a0000000-0000-4000-8000-000000000202', 'a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 4000),
    ('a0000000-0000-4000-8000-000000000203', 'a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'organic', 1, 4999),
    ('b0000000-0000-4000-8000-000000000201', 'b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 100),
    ('d0000000-0000-4000-8000-000000000201', 'd0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 100);

-- One event of Almond Bakery was posted, the other was not. Dune Travel has no postings.
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id) VALUES
    ('a0000000-0000-4000-8000-000000000001', 6000, 'a0000000-0000-4000-8000-000000000201'),
    ('a0000000-0000-4000-8000-000000000001', 4999, NULL),
    ('b0000000-0000-4000-8000-000000000001', 100, 'b0000000-0000-4000-8000-000000000201');

INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'completed'),
    ('b0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'completed'),
    ('d0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'completed');

INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}'),
    ('b0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}'),
    ('d0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');

-- test: an event belongs to a tenant that exists
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
-- expect error: foreign_key_violation on fk_attribution_events_tenant_id
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload)
VALUES ('00000000-0000-4000-8000-00000000dead', '2025-11-03 10:00:00+00', '{}');

-- test: an allocation belongs to a tenant that exists
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
-- expect error: foreign_key_violation on fk_attribution_allocations_tenant_id
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('00000000-0000-4000-8000-00000000dead', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);

-- test: an allocation belongs to an event that exists
-- expect error: foreign_key_violation on fk_attribution_allocations_tenant_id_event_id
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000dead', '1.0.0', 'email', 0, 0);

-- test: an allocation cannot be moved to an event that does not exist
-- expect error: foreign_key_violation on fk_attribution_allocations_tenant_id_event_id
UPDATE attribution_allocations SET event_id = '00000000-0000-4000-8000-00000000dead' WHERE channel = 'organic';

-- test: a posting belongs to a tenant that exists
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
-- expect error: foreign_key_violation on fk_revenue_ledger_tenant_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('00000000-0000-4000-8000-00000000dead', 1);

-- test: a posting belongs to an allocation that exists
-- expect error: foreign_key_violation on fk_revenue_ledger_tenant_id_allocation_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
VALUES ('a0000000-0000-4000-8000-000000000001', 1, '00000000-0000-4000-8000-00000000dead');

-- test: a posting belongs to an allocation of its own tenant
-- expect error: foreign_key_violation on fk_revenue_ledger_tenant_id_allocation_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
VALUES ('a0000000-0000-4000-8000-000000000001', 1, 'd0000000-0000-4000-8000-000000000201');

-- test: an allocation belongs to an event of its own tenant
-- expect error: foreign_key_violation on fk_attribution_allocations_tenant_id_event_id
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000101', '2.0.0', 'email', 1, 100);

-- test: a run belongs to a tenant that exists
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
-- expect error: foreign_key_violation on fk_reconciliation_runs_tenant_id
INSERT INTO reconciliation_runs (tenant_id, last_run_at) VALUES ('00000000-0000-4000-8000-00000000dead', '2025-11-04 02:00:00+00');

-- test: a dead event belongs to a tenant that exists
-- set: app.current_tenant_id = 00000000-0000-4000-8000-00000000dead
-- expect error: foreign_key_violation on fk_dead_events_tenant_id
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload)
VALUES ('00000000-0000-4000-8000-00000000dead', 'shop', 'unreadable', '{}', '{}');

-- test: deleting an event that was not posted deletes its allocations and no others
DELETE FROM attribution_events WHERE id = 'a0000000-0000-4000-8000-000000000102';
SELECT count(*) = 0 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000102';
SELECT count(*) = 2 FROM attribution_allocations;

-- test: an event that was posted is not deleted
-- expect error: restrict_violation on trg_revenue_ledger_immutable
DELETE FROM attribution_events WHERE id = 'a0000000-0000-4000-8000-000000000101';

-- test: an allocation that was posted is not deleted
-- expect error: restrict_violation on trg_revenue_ledger_immutable
DELETE FROM attribution_allocations WHERE id = 'a0000000-0000-4000-8000-000000000201';

-- test: on the admin path an event that was posted is deleted with its allocations and their postings
-- as: ledger_admin
SELECT open_ledger_correction('the order was a test') IS NOT NULL;
DELETE FROM attribution_events WHERE id = 'a0000000-0000-4000-8000-000000000101';
SELECT count(*) = 1 FROM attribution_allocations;
SELECT count(*) = 1 AND bool_and(allocation_id IS NULL) FROM revenue_ledger;

-- test: a tenant that has postings is not deleted
-- expect error: restrict_violation on trg_revenue_ledger_immutable
DELETE FROM tenants WHERE id = 'a0000000-0000-4000-8000-000000000001';

-- test: a tenant without postings is deleted, with its events
-- set: app.current_tenant_id = d0000000-0000-4000-8000-000000000001
DELETE FROM tenants WHERE id = 'd0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM attribution_events;

-- test: deleting a tenant deletes its allocations
-- set: app.current_tenant_id = d0000000-0000-4000-8000-000000000001
-- sabotage: ALTER TABLE attribution_allocations DROP CONSTRAINT fk_attribution_allocations_tenant_id, DROP CONSTRAINT fk_attribution_allocations_tenant_id_event_id
DELETE FROM tenants WHERE id = 'd0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM attribution_allocations;

-- test: deleting a tenant deletes its reconciliation runs
-- set: app.current_tenant_id = d0000000-0000-4000-8000-000000000001
DELETE FROM tenants WHERE id = 'd0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM reconciliation_runs;

-- test: deleting a tenant deletes its dead events
-- set: app.current_tenant_id = d0000000-0000-4000-8000-000000000001
DELETE FROM tenants WHERE id = 'd0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM dead_events;

-- test: on the admin path a tenant is deleted with its ledger
-- as: ledger_admin
SELECT open_ledger_correction('the customer left, and asked for it') IS NOT NULL;
DELETE FROM tenants WHERE id = 'a0000000-0000-4000-8000-000000000001';
SELECT count(*) = 0 FROM tenants;
SELECT count(*) = 0 FROM revenue_ledger;

-- test: the record of the correction outlives the tenant
-- sabotage: CREATE RULE forget AS ON DELETE TO tenants DO ALSO DELETE FROM ledger_corrections
-- as: ledger_admin
SELECT open_ledger_correction('the customer left, and asked for it') IS NOT NULL;
DELETE FROM tenants WHERE id = 'a0000000-0000-4000-8000-000000000001';
SELECT count(*) = 1 FROM ledger_corrections;

-- test: deleting a tenant leaves the others alone
-- sabotage: CREATE RULE wipe AS ON DELETE TO tenants DO ALSO DELETE FROM attribution_allocations
-- as: ledger_admin
SELECT open_ledger_correction('the customer left, and asked for it') IS NOT NULL;
DELETE FROM tenants WHERE id = 'a0000000-0000-4000-8000-000000000001';
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
SELECT (SELECT count(*) FROM tenants) = 1
    AND (SELECT count(*) FROM attribution_events) = 1
    AND (SELECT count(*) FROM attribution_allocations) = 1
    AND (SELECT count(*) FROM revenue_ledger) = 1
    AND (SELECT count(*) FROM reconciliation_runs) = 1
    AND (SELECT count(*) FROM dead_events) = 1;
