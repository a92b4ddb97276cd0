-- CHECK and NOT NULL: values that mean nothing are refused. Where a bound is allowed, the case first goes up to it.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery');

INSERT INTO attribution_events (id, tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', 10000, '{}'),
    ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 11:00:00+00', 'visit-1', 0, '{}');

-- test: a tenant has a name
-- expect error: check_violation on ck_tenants_name_not_empty
UPDATE tenants SET name = '';

-- test: a name of blanks is none
-- expect error: check_violation on ck_tenants_name_not_empty
UPDATE tenants SET name = '   ';

-- test: an event may be without revenue, but not with less than none
UPDATE attribution_events SET revenue_cents = 0 WHERE id = 'a0000000-0000-4000-8000-000000000101';
-- expect error: check_violation on ck_attribution_events_revenue_cents
UPDATE attribution_events SET revenue_cents = -1 WHERE id = 'a0000000-0000-4000-8000-000000000101';

-- test: an allocation may be of nothing, but not of less
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, 0);
-- expect error: check_violation on ck_attribution_allocations_allocated_revenue_cents
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'direct', 0, -1);

-- test: a posting may be of nothing, but not of less
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 0);
-- expect error: check_violation on ck_revenue_ledger_revenue_cents
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', -1);

-- test: a run is in one of the four states that the contract knows
INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', 'idle'),
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:01:00+00', 'running'),
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:02:00+00', 'failed'),
    ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:03:00+00', 'completed');
-- expect error: check_violation on ck_reconciliation_runs_state
INSERT INTO reconciliation_runs (tenant_id, last_run_at, state)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:04:00+00', 'Completed');

-- test: a ratio goes up to 1 and not beyond
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
-- expect error: check_violation on ck_attribution_allocations_allocation_ratio
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '2.0.0', 'email', 1.00001, 10000);

-- test: a ratio goes down to 0 and not below
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, 0);
-- expect error: check_violation on ck_attribution_allocations_allocation_ratio
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '2.0.0', 'email', -0.00001, 0);

-- test: a ratio keeps five places
-- sabotage: ALTER TABLE attribution_allocations ALTER COLUMN allocation_ratio TYPE numeric(5, 4)
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.33333, 3333),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.66667, 6667);
SELECT array_agg(allocation_ratio::text ORDER BY allocation_ratio) = '{0.33333,0.66667}' FROM attribution_allocations;

-- test: the five channels are the channels, in this spelling
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'google_search', 0.2, 2000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'facebook_ads', 0.2, 2000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.2, 2000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.2, 2000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'organic', 0.2, 2000);
-- expect error: check_violation on ck_attribution_allocations_channel_code_valid
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'Email', 0, 0);

-- test: an allocation cannot be moved to a channel outside of the list
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, 0);
-- expect error: check_violation on ck_attribution_allocations_channel_code_valid
UPDATE attribution_allocations SET channel = 'bing';

-- test: an allocation says which model version made it
-- expect error: not_null_violation
INSERT INTO attribution_allocations (tenant_id, event_id, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', 'email', 0, 0);

-- test: an allocation says which share it is
-- expect error: not_null_violation
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0);

-- test: an allocation names its channel
-- expect error: not_null_violation
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 0, 0);

-- test: an allocation names its event
-- expect error: not_null_violation
INSERT INTO attribution_allocations (tenant_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', '1.0.0', 'email', 0, 0);

-- test: an event says when it happened
-- expect error: not_null_violation
INSERT INTO attribution_events (tenant_id, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', '{}');

-- test: an event keeps what its source sent
-- expect error: not_null_violation
INSERT INTO attribution_events (tenant_id, occurred_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00');

-- test: the revenue of an event is known
-- expect error: not_null_violation
UPDATE attribution_events SET revenue_cents = NULL WHERE id = 'a0000000-0000-4000-8000-000000000101';

-- test: an allocation has an amount
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, 0);
-- expect error: not_null_violation
UPDATE attribution_allocations SET allocated_revenue_cents = NULL;

-- test: a posting has an amount
-- expect error: not_null_violation
INSERT INTO revenue_ledger (tenant_id) VALUES ('a0000000-0000-4000-8000-000000000001');

-- test: a posting is verified or not
-- expect error: not_null_violation
INSERT INTO revenue_ledger (tenant_id, revenue_cents, is_verified) VALUES ('a0000000-0000-4000-8000-000000000001', 0, NULL);

-- test: a run says when it last did something
-- expect error: not_null_violation
INSERT INTO reconciliation_runs (tenant_id) VALUES ('a0000000-0000-4000-8000-000000000001');

-- test: a run is in a state
-- expect error: not_null_violation
INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', NULL);

-- test: a tenant is called something
-- expect error: not_null_violation
UPDATE tenants SET name = NULL;

-- test: a dead event says who sent it
-- expect error: not_null_violation
INSERT INTO dead_events (tenant_id, error_code, error_detail, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', 'unreadable', '{}', '{}');

-- test: a dead event says why it died
-- expect error: not_null_violation
INSERT INTO dead_events (tenant_id, source, error_detail, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', 'shop', '{}', '{}');

-- test: a dead event says in detail why it died
-- expect error: not_null_violation
INSERT INTO dead_events (tenant_id, source, error_code, raw_payload) VALUES ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}');

-- test: a dead event keeps what its source sent
-- expect error: not_null_violation
INSERT INTO dead_events (tenant_id, source, error_code, error_detail) VALUES ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}');

-- test: an event starts without revenue, a posting unverified and a run idle
-- sabotage: ALTER TABLE attribution_events ALTER COLUMN revenue_cents SET DEFAULT 1
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'bare', '{}');
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES ('a0000000-0000-4000-8000-000000000001', 1);
INSERT INTO reconciliation_runs (tenant_id, last_run_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00');
SELECT revenue_cents = 0 FROM attribution_events WHERE external_event_id = 'bare';
SELECT NOT is_verified FROM revenue_ledger;
SELECT state = 'idle' FROM reconciliation_runs;

-- test: an event belongs to a tenant, also where no policy looks
ALTER TABLE attribution_events NO FORCE ROW LEVEL SECURITY;
-- expect error: not_null_violation on tenant_id
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload) VALUES (NULL, '2025-11-03 10:00:00+00', '{}');

-- test: an allocation belongs to a tenant, also where no policy looks
ALTER TABLE attribution_allocations NO FORCE ROW LEVEL SECURITY;
-- expect error: not_null_violation on tenant_id
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES (NULL, 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, 0);

-- test: a posting belongs to a tenant, also where no policy looks
ALTER TABLE revenue_ledger NO FORCE ROW LEVEL SECURITY;
-- expect error: not_null_violation on tenant_id
INSERT INTO revenue_ledger (tenant_id, revenue_cents) VALUES (NULL, 1);

-- test: a run belongs to a tenant, also where no policy looks
ALTER TABLE reconciliation_runs NO FORCE ROW LEVEL SECURITY;
-- expect error: not_null_violation on tenant_id
INSERT INTO reconciliation_runs (tenant_id, last_run_at) VALUES (NULL, '2025-11-04 02:00:00+00');

-- test: a dead event belongs to a tenant, also where no policy looks
ALTER TABLE dead_events NO FORCE ROW LEVEL SECURITY;
-- expect error: not_null_violation on tenant_id
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload) VALUES (NULL, 'shop', 'unreadable', '{}', '{}');

-- test: a tenant says when it was written
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000009
-- expect error: not_null_violation on created_at
INSERT INTO tenants (id, name, created_at) VALUES ('a0000000-0000-4000-8000-000000000009', 'x', NULL);

-- test: a tenant says when it was last changed
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000009
-- expect error: not_null_violation on updated_at
INSERT INTO tenants (id, name, updated_at) VALUES ('a0000000-0000-4000-8000-000000000009', 'x', NULL);

-- test: an event says when it was written
-- expect error: not_null_violation on created_at
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload, created_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', '{}', NULL);

-- test: an event says when it was last changed
-- expect error: not_null_violation on updated_at
INSERT INTO attribution_events (tenant_id, occurred_at, raw_payload, updated_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', '{}', NULL);

-- test: an allocation says when it was written
-- expect error: not_null_violation on created_at
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, created_at) VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, NULL);

-- test: an allocation says when it was last changed
-- expect error: not_null_violation on updated_at
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, updated_at) VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0, NULL);

-- test: a posting says when it was written
-- expect error: not_null_violation on created_at
INSERT INTO revenue_ledger (tenant_id, revenue_cents, created_at) VALUES ('a0000000-0000-4000-8000-000000000001', 1, NULL);

-- test: a posting says when it was last changed
-- expect error: not_null_violation on updated_at
INSERT INTO revenue_ledger (tenant_id, revenue_cents, updated_at) VALUES ('a0000000-0000-4000-8000-000000000001', 1, NULL);

-- test: a run says when it was written
-- expect error: not_null_violation on created_at
INSERT INTO reconciliation_runs (tenant_id, last_run_at, created_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', NULL);

-- test: a run says when it was last changed
-- expect error: not_null_violation on updated_at
INSERT INTO reconciliation_runs (tenant_id, last_run_at, updated_at) VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 02:00:00+00', NULL);

-- test: a dead event says when it was received
-- expect error: not_null_violation on ingested_at
INSERT INTO dead_events (tenant_id, source, error_code, error_detail, raw_payload, ingested_at) VALUES ('a0000000-0000-4000-8000-000000000001', 'shop', 'unreadable', '{}', '{}', NULL);

-- test: a correction says when it was opened
-- expect error: not_null_violation on opened_at
INSERT INTO ledger_corrections (tenant_id, reason, opened_at) VALUES ('a0000000-0000-4000-8000-000000000001', 'a test', NULL);

-- test: a correction says who opened it
-- expect error: not_null_violation on opened_by
INSERT INTO ledger_corrections (tenant_id, reason, opened_by) VALUES ('a0000000-0000-4000-8000-000000000001', 'a test', NULL);

-- test: a correction says which transaction it is of
-- expect error: not_null_violation on transaction_id
INSERT INTO ledger_corrections (tenant_id, reason, transaction_id) VALUES ('a0000000-0000-4000-8000-000000000001', 'a test', NULL);

-- test: a tenant that is only named gets an id, and the time of now
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
INSERT INTO tenants (name) VALUES ('Cedar Books');
SELECT id IS NOT NULL AND created_at = now() AND updated_at = now() FROM tenants WHERE name = 'Cedar Books';

-- test: an allocation without an amount is one of nothing
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0);
SELECT allocated_revenue_cents = 0 FROM attribution_allocations;
