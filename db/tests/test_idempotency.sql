-- Idempotency: what arrives twice is counted once, for each tenant on its own.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles');

INSERT INTO attribution_events (id, tenant_id, occurred_at, external_event_id, correlation_id, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', 'c0000000-0000-4000-8000-000000000001', 10000, '{}'),
    ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 11:00:00+00', NULL, 'c0000000-0000-4000-8000-000000000002', 0, '{}');

INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 4000);

-- test: an event that its source sends again under the same id is refused, whatever else differs
-- expect error: unique_violation on idx_attribution_events_tenant_external_event_id
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, correlation_id, revenue_cents, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 10:00:00+00', 'order-1', 'c0000000-0000-4000-8000-000000000009', 1, '{"again": true}');

-- test: a delivery without an event id that arrives again is refused
-- expect error: unique_violation on idx_attribution_events_tenant_correlation_id
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, correlation_id, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 10:00:00+00', NULL, 'c0000000-0000-4000-8000-000000000002', '{}');

-- test: an event cannot take the id of another one afterwards
-- expect error: unique_violation on idx_attribution_events_tenant_external_event_id
UPDATE attribution_events SET external_event_id = 'order-1' WHERE id = 'a0000000-0000-4000-8000-000000000102';

-- test: the same event id is another event at another tenant
-- set: app.current_tenant_id = b0000000-0000-4000-8000-000000000001
-- sabotage: CREATE UNIQUE INDEX too_strict ON attribution_events (external_event_id)
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, raw_payload)
VALUES ('b0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', '{}')
ON CONFLICT DO NOTHING;
SELECT count(*) = 1 FROM attribution_events WHERE external_event_id = 'order-1';

-- test: where the source gives an event id, deliveries may share a correlation id
-- sabotage: CREATE UNIQUE INDEX too_strict ON attribution_events (tenant_id, correlation_id)
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, correlation_id, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-2', 'c0000000-0000-4000-8000-000000000001', '{}')
ON CONFLICT DO NOTHING;
SELECT count(*) = 2 FROM attribution_events WHERE correlation_id = 'c0000000-0000-4000-8000-000000000001';

-- test: events without either id are never taken for one another
-- sabotage: CREATE UNIQUE INDEX too_strict ON attribution_events (tenant_id, (external_event_id IS NULL), (correlation_id IS NULL)) WHERE external_event_id IS NULL
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload)
VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-05 10:00:00+00', '{}'),
    ('a0000000-0000-4000-8000-000000000001', '2025-11-05 10:00:00+00', '{}')
ON CONFLICT DO NOTHING;
SELECT count(*) = 2 FROM attribution_events WHERE external_event_id IS NULL AND correlation_id IS NULL;

-- test: two writers of one event id: the second is refused
-- session A
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 12:00:00+00', 'order-3', 4999, '{}');
-- session B
-- expect error: unique_violation on idx_attribution_events_tenant_external_event_id
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 12:00:00+00', 'order-3', 4999, '{}');

-- test: a model version allocates to a channel of an event once
-- expect error: unique_violation on idx_attribution_allocations_tenant_event_model_channel
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0, 0);

-- test: another model version allocates the same event to the same channels again
-- sabotage: CREATE UNIQUE INDEX too_strict ON attribution_allocations (tenant_id, event_id, channel)
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '2.0.0', 'email', 0.5, 5000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '2.0.0', 'direct', 0.5, 5000)
ON CONFLICT DO NOTHING;
SELECT sum(allocated_revenue_cents) = 20000 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000101';

-- test: an allocation cannot be renamed onto a channel that the model version has allocated to
-- expect error: unique_violation on idx_attribution_allocations_tenant_event_model_channel
UPDATE attribution_allocations SET channel = 'email' WHERE event_id = 'a0000000-0000-4000-8000-000000000101' AND channel = 'direct';

-- test: two writers of one allocation: the second is refused
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '3.0.0', 'organic', 1, 10000);
-- session B
-- expect error: unique_violation on idx_attribution_allocations_tenant_event_model_channel
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '3.0.0', 'organic', 1, 10000);

-- test: the same delivery may die more than once
-- sabotage: CREATE UNIQUE INDEX too_strict ON dead_events (tenant_id, external_event_id)
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload, external_event_id)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'shop', 'missing_revenue', '{}', '{}', 'order-9'),
    ('a0000000-0000-4000-8000-000000000001', 'shop', 'missing_revenue', '{}', '{}', 'order-9')
ON CONFLICT DO NOTHING;
SELECT count(*) = 2 FROM dead_events WHERE external_event_id = 'order-9';

-- test: an allocation is posted once
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
SELECT tenant_id, allocated_revenue_cents, id FROM attribution_allocations WHERE channel = 'email';
-- expect error: unique_violation on idx_revenue_ledger_tenant_allocation_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
SELECT tenant_id, allocated_revenue_cents, id FROM attribution_allocations WHERE channel = 'email';

-- test: the two allocations of an event are posted each for itself
-- sabotage: CREATE UNIQUE INDEX too_strict ON revenue_ledger (tenant_id)
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
SELECT tenant_id, allocated_revenue_cents, id FROM attribution_allocations;
SELECT count(*) = 2 FROM revenue_ledger;

-- test: a run may post any number of times without an allocation
-- sabotage: CREATE UNIQUE INDEX too_strict ON revenue_ledger (tenant_id)
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 1), ('a0000000-0000-4000-8000-000000000001', 1);
SELECT count(*) = 2 FROM revenue_ledger;

-- test: who posts an allocation again without minding changes nothing
-- as: app_rw
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
SELECT tenant_id, allocated_revenue_cents, id FROM attribution_allocations WHERE channel = 'email';
INSERT INTO revenue_ledger (tenant_id, revenue_cents, allocation_id)
SELECT tenant_id, 1, id FROM attribution_allocations WHERE channel = 'email'
ON CONFLICT (tenant_id, allocation_id) WHERE allocation_id IS NOT NULL DO NOTHING;
SELECT count(*) = 1 AND bool_and(revenue_cents = 6000) FROM revenue_ledger;

-- test: two events do not share an id
-- expect error: unique_violation on attribution_events_pkey
INSERT INTO attribution_events (id, tenant_id, occurred_at, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-04 10:00:00+00', '{}');

-- test: two allocations do not share an id
-- expect error: unique_violation on attribution_allocations_pkey
INSERT INTO attribution_allocations (id, tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
SELECT id, tenant_id, event_id, '2.0.0', channel, 0, 0 FROM attribution_allocations;

-- test: two postings do not share an id
INSERT INTO revenue_ledger (id, tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 1);
-- expect error: unique_violation on revenue_ledger_pkey
INSERT INTO revenue_ledger (id, tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 1);

-- test: two runs do not share an id
INSERT INTO reconciliation_runs (id, tenant_id, last_run_at) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00');
-- expect error: unique_violation on reconciliation_runs_pkey
INSERT INTO reconciliation_runs (id, tenant_id, last_run_at) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00');

-- test: two corrections do not share an id
INSERT INTO ledger_corrections (id, tenant_id, reason) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 'a test');
-- expect error: unique_violation on ledger_corrections_pkey
INSERT INTO ledger_corrections (id, tenant_id, reason) VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 'a test');

-- test: two dead events do not share an id
INSERT INTO dead_events (id, tenant_id, source, error_code, error_detail, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');
-- expect error: unique_violation on dead_events_pkey
INSERT INTO dead_events (id, tenant_id, source, error_code, error_detail, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000901', 'a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}');
