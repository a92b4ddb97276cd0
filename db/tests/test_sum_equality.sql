-- Sum-equality: what a model version allocates of an event adds up to the event's revenue, to the cent or one beside it, at the end of
-- every transaction and whoever writes. db/docs/SUM_EQUALITY_INVARIANT.md has the invariant, db/docs/ROUNDING_POLICY.md the cent.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery'),
    ('b0000000-0000-4000-8000-000000000001', 'Birch Cycles');

INSERT INTO attribution_events (id, tenant_id, occurred_at, revenue_cents, raw_payload) VALUES
    -- Nobody has allocated this one.
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 10000, '{}'),
    -- Version 1.0.0 has allocated this one to two channels, version 2.0.0 to one.
    ('a0000000-0000-4000-8000-000000000102', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 11:00:00+00', 100, '{}'),
    ('a0000000-0000-4000-8000-000000000103', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 12:00:00+00', 40, '{}'),
    ('a0000000-0000-4000-8000-000000000104', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 13:00:00+00', 2147483647, '{}'),
    ('b0000000-0000-4000-8000-000000000101', 'b0000000-0000-4000-8000-000000000001', '2025-11-03 14:00:00+00', 100, '{}');

INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'email', 0.6, 60),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '1.0.0', 'direct', 0.4, 40),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '2.0.0', 'organic', 1, 100),
    ('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 100);

-- test: the allocations of an event may be written one after the other
-- sabotage: SET CONSTRAINTS trg_check_allocation_sum IMMEDIATE
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000);
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 4000);
SELECT sum(allocated_revenue_cents) = 10000 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000101';

-- test: less than the event earned is refused
-- expect error: check_violation on trg_check_allocation_sum matching allocated=9998 expected=10000 drift=2
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 3998);

-- test: more than the event earned is refused
-- expect error: check_violation on trg_check_allocation_sum matching allocated=10002 expected=10000 drift=2
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 4002);

-- test: one cent less is tolerated, as when three thirds were rounded each for itself
-- sabotage: CREATE OR REPLACE FUNCTION allocation_tolerance_cents() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 0
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'email', 0.33333, 33),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'direct', 0.33333, 33),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'organic', 0.33333, 33);
SELECT sum(allocated_revenue_cents) = 99 FROM attribution_allocations WHERE model_version = '3.0.0';

-- test: one cent more is tolerated
-- sabotage: CREATE OR REPLACE FUNCTION allocation_tolerance_cents() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 0
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'email', 0.66667, 67),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'direct', 0.33333, 34);
SELECT sum(allocated_revenue_cents) = 101 FROM attribution_allocations WHERE model_version = '3.0.0';

-- test: a remainder that was assigned leaves no drift
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'direct', 0.33333, 34),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'email', 0.33333, 33),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'organic', 0.33333, 33);
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT drift_cents = 0 AND is_balanced FROM allocation_summary WHERE model_version = '3.0.0';

-- test: each model version adds up for itself
-- expect error: check_violation on trg_check_allocation_sum matching allocated=50 expected=100
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000102', '3.0.0', 'email', 0.5, 50);

-- test: an amount cannot be changed alone
-- expect error: check_violation on trg_check_allocation_sum
UPDATE attribution_allocations SET allocated_revenue_cents = 50 WHERE model_version = '1.0.0' AND channel = 'email';

-- test: amounts may be changed together
-- sabotage: SET CONSTRAINTS trg_check_allocation_sum IMMEDIATE
UPDATE attribution_allocations SET allocated_revenue_cents = 50 WHERE model_version = '1.0.0' AND channel = 'email';
UPDATE attribution_allocations SET allocated_revenue_cents = 50 WHERE model_version = '1.0.0' AND channel = 'direct';
SELECT sum(allocated_revenue_cents) = 100 FROM attribution_allocations WHERE model_version = '1.0.0';

-- test: an allocation that is moved to another event leaves the first one short
-- expect error: check_violation on trg_check_allocation_sum matching allocated=60 expected=100
UPDATE attribution_allocations SET event_id = 'a0000000-0000-4000-8000-000000000103' WHERE model_version = '1.0.0' AND channel = 'direct';

-- test: an allocation that is moved to another event has to fit there
-- expect error: check_violation on trg_check_allocation_sum matching allocated=100 expected=40
UPDATE attribution_allocations SET event_id = 'a0000000-0000-4000-8000-000000000103' WHERE model_version = '2.0.0';

-- test: an allocation that is moved to another model version leaves the first one short
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000103', '1.0.0', 'email', 1, 40),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000103', '1.0.0', 'direct', 0, 0);
-- What the INSERT left to be checked is checked before the UPDATE, and cannot stand in for it.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
-- expect error: check_violation on trg_check_allocation_sum matching allocated=0 expected=40
UPDATE attribution_allocations SET model_version = '2.0.0' WHERE event_id = 'a0000000-0000-4000-8000-000000000103' AND channel = 'email';

-- test: the revenue of an allocated event cannot be changed alone
-- expect error: check_violation on trg_check_allocation_sum matching allocated=100 expected=200
UPDATE attribution_events SET revenue_cents = 200 WHERE id = 'a0000000-0000-4000-8000-000000000102';

-- test: the revenue of an event may be changed together with its allocations
-- sabotage: SET CONSTRAINTS trg_check_event_allocation_sums IMMEDIATE
UPDATE attribution_events SET revenue_cents = 200 WHERE id = 'a0000000-0000-4000-8000-000000000102';
UPDATE attribution_allocations SET allocated_revenue_cents = allocated_revenue_cents * 2;
SELECT bool_and(total = 200) FROM (SELECT sum(allocated_revenue_cents) AS total FROM attribution_allocations GROUP BY model_version) AS sums;

-- test: the revenue of an event that nobody has allocated may be changed
-- sabotage: CREATE RULE frozen AS ON UPDATE TO attribution_events DO INSTEAD NOTHING
UPDATE attribution_events SET revenue_cents = 1 WHERE id = 'a0000000-0000-4000-8000-000000000101';
SELECT revenue_cents = 1 FROM attribution_events WHERE id = 'a0000000-0000-4000-8000-000000000101';

-- test: one of two allocations cannot be deleted
-- expect error: check_violation on trg_check_allocation_sum matching allocated=60 expected=100
DELETE FROM attribution_allocations WHERE model_version = '1.0.0' AND channel = 'direct';

-- test: all allocations of a model version may be deleted
-- sabotage: CREATE OR REPLACE FUNCTION assert_allocation_sum(p_tenant_id uuid, p_event_id uuid, p_model_version text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE check_violation; END'
DELETE FROM attribution_allocations WHERE model_version = '1.0.0';
SELECT count(*) = 1 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000102';

-- test: an event that was allocated may be deleted
-- sabotage: CREATE OR REPLACE FUNCTION assert_allocation_sum(p_tenant_id uuid, p_event_id uuid, p_model_version text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE check_violation; END'
DELETE FROM attribution_events WHERE id = 'a0000000-0000-4000-8000-000000000102';
SELECT count(*) = 0 FROM attribution_allocations;

-- test: a sum may be more than an integer holds
-- expect error: check_violation on trg_check_allocation_sum matching allocated=4294967294 expected=2147483647
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000104', '1.0.0', 'email', 1, 2147483647),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000104', '1.0.0', 'direct', 1, 2147483647);

-- test: two cents are too much of a large event as well, because the tolerance is no share of it
-- expect error: check_violation on trg_check_allocation_sum matching allocated=2147483645 expected=2147483647 drift=2
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000104', '1.0.0', 'email', 1, 2147483645);

-- test: app_rw is held to the sum as everybody
-- as: app_rw
-- expect error: check_violation on trg_check_allocation_sum
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 999999);

-- test: app_rw may write what adds up
-- as: app_rw
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
SELECT count(*) = 1 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000101';

-- test: app_rw allocates no event of another tenant to its own
-- as: app_rw
-- expect error: foreign_key_violation on fk_attribution_allocations_tenant_id_event_id
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 999999);

-- test: app_rw allocates nothing to another tenant
-- as: app_rw
-- expect error: insufficient_privilege
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('b0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000101', '2.0.0', 'email', 1, 999999);

-- test: app_rw allocates nothing while no tenant is set
-- as: app_rw
SET LOCAL app.current_tenant_id = '';
-- expect error: insufficient_privilege
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 999999);

-- test: a sum is checked at the end also where the session then names another tenant
-- as: app_rw
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 999999);
SET LOCAL app.current_tenant_id = 'b0000000-0000-4000-8000-000000000001';
-- expect error: check_violation on trg_check_allocation_sum
-- commit

-- test: nobody but the owner calls what checks the sums
-- sabotage: GRANT EXECUTE ON FUNCTION assert_allocation_sum(uuid, uuid, text) TO PUBLIC
SELECT bool_and(NOT has_function_privilege(role, function, 'EXECUTE'))
FROM unnest(ARRAY['app_rw', 'app_ro', 'ledger_admin', 'read_model_refresher']) AS role
CROSS JOIN unnest(ARRAY[
    'allocation_tolerance_cents()', 'assert_allocation_sum(uuid, uuid, text)', 'check_allocation_sum()', 'check_event_allocation_sums()'
]) AS function;

-- test: two writers of one model version cannot both allocate the whole event
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
-- session B
-- expect error: check_violation on trg_check_allocation_sum matching allocated=20000 expected=10000
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 1, 10000);
-- session A
-- commit

-- test: two writers that each stay within the tolerance cannot leave it together
-- session A
UPDATE attribution_allocations SET allocated_revenue_cents = 61 WHERE model_version = '1.0.0' AND channel = 'email';
-- session B
-- expect error: check_violation on trg_check_allocation_sum matching allocated=102 expected=100
UPDATE attribution_allocations SET allocated_revenue_cents = 41 WHERE model_version = '1.0.0' AND channel = 'direct';
-- session A
-- commit

-- test: a writer who is checked before the other commits waits, and sees what the other wrote
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
SET CONSTRAINTS ALL IMMEDIATE;
-- session B
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 1, 10000);
-- expect error: check_violation on trg_check_allocation_sum matching allocated=20000 expected=10000
SET CONSTRAINTS ALL IMMEDIATE;
-- session A
-- commit

-- test: a writer whose snapshot is older than the other's allocations is refused
-- set: transaction_isolation = repeatable read
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
-- session B
-- expect error: serialization_failure
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 1, 10000);
-- session A
-- commit

-- test: a writer of allocations and one of the event's revenue take turns
-- session A
UPDATE attribution_events SET revenue_cents = 5000 WHERE id = 'a0000000-0000-4000-8000-000000000101';
-- session B
-- expect error: check_violation on trg_check_allocation_sum matching allocated=10000 expected=5000
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
-- session A
-- commit

-- test: writers of different events do not wait for each other
-- sabotage: CREATE OR REPLACE FUNCTION assert_allocation_sum(p_tenant_id uuid, p_event_id uuid, p_model_version text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE check_violation; END'
-- session A
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 1, 10000);
SET CONSTRAINTS ALL IMMEDIATE;
-- session B
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000103', '1.0.0', 'email', 1, 40);
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) = 1 FROM attribution_allocations WHERE event_id = 'a0000000-0000-4000-8000-000000000103';

-- test: the summary shows what is in balance, and by how much it is not exact
-- sabotage: UPDATE attribution_allocations SET allocated_revenue_cents = 61 WHERE model_version = '1.0.0' AND channel = 'email'
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT total_allocated_cents = 100 AND event_revenue_cents = 100 AND is_balanced AND drift_cents = 0
FROM allocation_summary WHERE model_version = '1.0.0';

-- test: a drift of one cent is balanced, as the trigger says
-- sabotage: CREATE OR REPLACE FUNCTION allocation_tolerance_cents() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 0
UPDATE attribution_allocations SET allocated_revenue_cents = 61 WHERE model_version = '1.0.0' AND channel = 'email';
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT total_allocated_cents = 101 AND is_balanced AND drift_cents = 1 FROM allocation_summary WHERE model_version = '1.0.0';

-- test: the summary finds what was written while the trigger was off
-- sabotage: CREATE OR REPLACE FUNCTION allocation_tolerance_cents() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 100
ALTER TABLE attribution_allocations DISABLE TRIGGER trg_check_allocation_sum;
UPDATE attribution_allocations SET allocated_revenue_cents = 10 WHERE model_version = '1.0.0' AND channel = 'email';
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT total_allocated_cents = 50 AND NOT is_balanced AND drift_cents = 50 FROM allocation_summary WHERE model_version = '1.0.0';

-- test: the summary finds two cents of a large event
-- sabotage: CREATE OR REPLACE FUNCTION allocation_tolerance_cents() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 100
ALTER TABLE attribution_allocations DISABLE TRIGGER trg_check_allocation_sum;
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000104', '1.0.0', 'email', 1, 2147483645);
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT NOT is_balanced AND drift_cents = 2 FROM allocation_summary WHERE event_id = 'a0000000-0000-4000-8000-000000000104';

-- test: the summary has one row for each event and model version
-- sabotage: DELETE FROM attribution_allocations WHERE model_version = '2.0.0'
REFRESH MATERIALIZED VIEW mv_allocation_summary;
SELECT array_agg(model_version ORDER BY model_version) = '{1.0.0,2.0.0}' FROM allocation_summary;
