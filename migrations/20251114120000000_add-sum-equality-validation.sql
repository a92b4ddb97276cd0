-- Phase 4B: what a model version allocates of an event adds up to the event's revenue, to the cent or one beside it.
-- db/docs/SUM_EQUALITY_INVARIANT.md says what exactly holds when; db/docs/DECISIONS.md why it is checked like this.
--
-- The two trigger functions run with the powers of their owner, who has BYPASSRLS, because what the caller may see decides nothing.
-- An owner without it gets an error from row_security = off, and not a silent sum over the rows that he may see.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

-- Writers wait from here on, so that the rows which were looked at are the rows which the rules are made for.
LOCK TABLE attribution_events, attribution_allocations IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION allocation_tolerance_cents() RETURNS integer
    LANGUAGE sql
    IMMUTABLE
    PARALLEL SAFE
    SET search_path = pg_catalog, pg_temp
    RETURN 1;

DO $$
DECLARE
    bad_rows bigint;
    named_rows text;
BEGIN
    SELECT count(*)
    INTO bad_rows
    FROM attribution_allocations AS allocation
    INNER JOIN attribution_events AS event ON event.id = allocation.event_id
    WHERE event.tenant_id <> allocation.tenant_id;

    IF bad_rows > 0 THEN
        SELECT string_agg(
            format('allocation %s of tenant %s, event %s of tenant %s', id, tenant_id, event_id, event_tenant_id),
            '; ' ORDER BY id
        )
        INTO named_rows
        FROM (
            SELECT allocation.id, allocation.tenant_id, allocation.event_id, event.tenant_id AS event_tenant_id
            FROM attribution_allocations AS allocation
            INNER JOIN attribution_events AS event ON event.id = allocation.event_id
            WHERE event.tenant_id <> allocation.tenant_id
            ORDER BY allocation.id
            LIMIT 10
        ) AS first_rows;

        RAISE EXCEPTION USING
            ERRCODE = 'foreign_key_violation',
            MESSAGE = format('%s row(s) of attribution_allocations point at an event of another tenant', bad_rows),
            DETAIL = format('The first of them: %s', named_rows),
            HINT = 'Delete them, or give them the tenant of their event, then migrate again. Nothing was changed.',
            TABLE = 'attribution_allocations',
            CONSTRAINT = 'fk_attribution_allocations_tenant_id_event_id';
    END IF;
END
$$;

DO $$
DECLARE
    bad_groups bigint;
    named_groups text;
BEGIN
    SELECT count(*)
    INTO bad_groups
    FROM (
        SELECT FROM attribution_allocations AS allocation
        INNER JOIN attribution_events AS event
            ON event.tenant_id = allocation.tenant_id AND event.id = allocation.event_id
        GROUP BY event.id, allocation.model_version
        HAVING abs(sum(allocation.allocated_revenue_cents) - event.revenue_cents) > allocation_tolerance_cents()
    ) AS unbalanced;

    IF bad_groups > 0 THEN
        SELECT string_agg(
            format('event %s, model version %L: %s allocated, %s earned', event_id, model_version, allocated, earned),
            '; ' ORDER BY event_id, model_version
        )
        INTO named_groups
        FROM (
            SELECT
                event.id AS event_id,
                allocation.model_version,
                sum(allocation.allocated_revenue_cents) AS allocated,
                event.revenue_cents AS earned
            FROM attribution_allocations AS allocation
            INNER JOIN attribution_events AS event
                ON event.tenant_id = allocation.tenant_id AND event.id = allocation.event_id
            GROUP BY event.id, allocation.model_version
            HAVING abs(sum(allocation.allocated_revenue_cents) - event.revenue_cents) > allocation_tolerance_cents()
            ORDER BY event.id, allocation.model_version
            LIMIT 10
        ) AS first_groups;

        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            MESSAGE = format('the allocations of %s group(s) of event and model version do not add up to the event''s revenue', bad_groups),
            DETAIL = format('The first of them: %s', named_groups),
            HINT = 'Let the model allocate them again, or delete them, then migrate again. Nothing was changed.',
            TABLE = 'attribution_allocations',
            CONSTRAINT = 'trg_check_allocation_sum';
    END IF;
END
$$;

-- An allocation and its event belong to one tenant: the key that points at the event carries the tenant along.
ALTER TABLE attribution_events
    ADD CONSTRAINT uq_attribution_events_tenant_id_id UNIQUE (tenant_id, id);

ALTER TABLE attribution_allocations
    ADD CONSTRAINT fk_attribution_allocations_tenant_id_event_id
        FOREIGN KEY (tenant_id, event_id) REFERENCES attribution_events (tenant_id, id) ON DELETE CASCADE NOT VALID;
ALTER TABLE attribution_allocations
    VALIDATE CONSTRAINT fk_attribution_allocations_tenant_id_event_id;
ALTER TABLE attribution_allocations
    DROP CONSTRAINT fk_attribution_allocations_event_id;

-- Checks one group. Two transactions that write allocations of one event take turns at the event's row. It is updated and not
-- only locked: under REPEATABLE READ a lock would let the second one go on with a snapshot in which the first one's rows are
-- missing; what another transaction updated since is refused there (serialization_failure), and the writer tries again.
CREATE FUNCTION assert_allocation_sum(p_tenant_id uuid, p_event_id uuid, p_model_version text) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
DECLARE
    earned bigint;
    allocated bigint;
    allocations bigint;
BEGIN
    UPDATE attribution_events
    SET revenue_cents = revenue_cents
    WHERE tenant_id = p_tenant_id AND id = p_event_id
    RETURNING revenue_cents INTO earned;

    SELECT count(*), sum(allocated_revenue_cents)
    INTO allocations, allocated
    FROM attribution_allocations
    WHERE tenant_id = p_tenant_id AND event_id = p_event_id AND model_version = p_model_version;

    -- Nobody has allocated the event yet, or does any more.
    IF allocations = 0 THEN
        RETURN;
    END IF;

    -- Whatever is unknown is not in balance.
    IF coalesce(abs(allocated - earned) <= allocation_tolerance_cents(), false) THEN
        RETURN;
    END IF;

    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        MESSAGE = format('Allocation sum mismatch: allocated=%s expected=%s drift=%s', allocated, earned, abs(allocated - earned)),
        DETAIL = format('Tenant %s, event %s, model version %L.', p_tenant_id, p_event_id, p_model_version),
        HINT = 'Write all allocations of an event and model version in one transaction, and assign the remainder as ROUNDING_POLICY.md says.',
        TABLE = 'attribution_allocations',
        CONSTRAINT = 'trg_check_allocation_sum';
END
$$;

CREATE FUNCTION check_allocation_sum() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM assert_allocation_sum(OLD.tenant_id, OLD.event_id, OLD.model_version);
    END IF;

    IF TG_OP <> 'DELETE' THEN
        PERFORM assert_allocation_sum(NEW.tenant_id, NEW.event_id, NEW.model_version);
    END IF;

    RETURN NULL;
END
$$;

CREATE FUNCTION check_event_allocation_sums() RETURNS trigger
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
    SET row_security = off
AS $$
BEGIN
    PERFORM assert_allocation_sum(NEW.tenant_id, NEW.id, versions.model_version)
    FROM (
        SELECT DISTINCT allocation.model_version
        FROM attribution_allocations AS allocation
        WHERE allocation.tenant_id = NEW.tenant_id AND allocation.event_id = NEW.id
        ORDER BY allocation.model_version
    ) AS versions;

    RETURN NULL;
END
$$;

REVOKE EXECUTE ON FUNCTION allocation_tolerance_cents() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION assert_allocation_sum(uuid, uuid, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION check_allocation_sum() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION check_event_allocation_sums() FROM PUBLIC;

-- At the end of the transaction: the first of two INSERTs is not in balance yet.
CREATE CONSTRAINT TRIGGER trg_check_allocation_sum
    AFTER INSERT OR UPDATE OR DELETE ON attribution_allocations
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_allocation_sum();

CREATE CONSTRAINT TRIGGER trg_check_event_allocation_sums
    AFTER UPDATE OF revenue_cents ON attribution_events
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.revenue_cents IS DISTINCT FROM NEW.revenue_cents)
    EXECUTE FUNCTION check_event_allocation_sums();

CREATE MATERIALIZED VIEW mv_allocation_summary AS
SELECT
    allocation.tenant_id,
    allocation.event_id,
    allocation.model_version,
    sum(allocation.allocated_revenue_cents) AS total_allocated_cents,
    event.revenue_cents AS event_revenue_cents,
    abs(sum(allocation.allocated_revenue_cents) - event.revenue_cents) <= allocation_tolerance_cents() AS is_balanced,
    abs(sum(allocation.allocated_revenue_cents) - event.revenue_cents) AS drift_cents
FROM attribution_allocations AS allocation
INNER JOIN attribution_events AS event
    ON event.tenant_id = allocation.tenant_id AND event.id = allocation.event_id
GROUP BY allocation.tenant_id, allocation.event_id, allocation.model_version, event.revenue_cents;

CREATE UNIQUE INDEX idx_mv_allocation_summary_key
    ON mv_allocation_summary (tenant_id, event_id, model_version);

-- A materialized view has no row level security, so nobody but its owner reads it; this view shows the tenant of the session.
CREATE VIEW allocation_summary WITH (security_barrier = true) AS
SELECT
    tenant_id,
    event_id,
    model_version,
    total_allocated_cents,
    event_revenue_cents,
    is_balanced,
    drift_cents
FROM mv_allocation_summary
WHERE tenant_id = NULLIF(current_setting('app.current_tenant_id', true), '')::uuid;

GRANT SELECT ON allocation_summary TO app_rw, app_ro;

COMMENT ON CONSTRAINT uq_attribution_events_tenant_id_id ON attribution_events IS 'What allocations point at, so that they cannot point at an event of another tenant.';
COMMENT ON CONSTRAINT fk_attribution_allocations_tenant_id_event_id ON attribution_allocations IS 'An allocation belongs to an event of its own tenant; deleting the event deletes it.';
COMMENT ON FUNCTION allocation_tolerance_cents() IS 'By how many cents a sum of allocations may differ from the revenue: ROUNDING_POLICY.md. Trigger and view ask here, so that they agree.';
COMMENT ON FUNCTION assert_allocation_sum(uuid, uuid, text) IS 'Refuses a group of allocations that does not add up to the revenue of its event. Takes turns with other writers at the row of the event.';
COMMENT ON FUNCTION check_allocation_sum() IS 'Checks the group that an allocation left and the one that it came to.';
COMMENT ON FUNCTION check_event_allocation_sums() IS 'Checks all groups of an event whose revenue was changed.';
COMMENT ON TRIGGER trg_check_allocation_sum ON attribution_allocations IS 'At the end of a transaction, every group that it wrote adds up.';
COMMENT ON TRIGGER trg_check_event_allocation_sums ON attribution_events IS 'At the end of a transaction, the allocations of an event add up to its new revenue.';
COMMENT ON MATERIALIZED VIEW mv_allocation_summary IS 'What each model version allocated of each event, beside what the event earned. Read it through allocation_summary.';
COMMENT ON COLUMN mv_allocation_summary.tenant_id IS 'Whose event it is.';
COMMENT ON COLUMN mv_allocation_summary.event_id IS 'The event whose revenue is shared out.';
COMMENT ON COLUMN mv_allocation_summary.model_version IS 'The model version that shared it out.';
COMMENT ON COLUMN mv_allocation_summary.total_allocated_cents IS 'Sum of the allocations in cents.';
COMMENT ON COLUMN mv_allocation_summary.event_revenue_cents IS 'Revenue of the event in cents.';
COMMENT ON COLUMN mv_allocation_summary.is_balanced IS 'Whether the two differ by no more than the tolerance: what the trigger accepts.';
COMMENT ON COLUMN mv_allocation_summary.drift_cents IS 'By how much they differ, exactly.';
COMMENT ON INDEX idx_mv_allocation_summary_key IS 'One row for each group; REFRESH … CONCURRENTLY needs it.';
COMMENT ON VIEW allocation_summary IS 'mv_allocation_summary for the tenant of the session.';
COMMENT ON COLUMN allocation_summary.tenant_id IS 'Whose event it is.';
COMMENT ON COLUMN allocation_summary.event_id IS 'The event whose revenue is shared out.';
COMMENT ON COLUMN allocation_summary.model_version IS 'The model version that shared it out.';
COMMENT ON COLUMN allocation_summary.total_allocated_cents IS 'Sum of the allocations in cents.';
COMMENT ON COLUMN allocation_summary.event_revenue_cents IS 'Revenue of the event in cents.';
COMMENT ON COLUMN allocation_summary.is_balanced IS 'Whether the two differ by no more than the tolerance: what the trigger accepts.';
COMMENT ON COLUMN allocation_summary.drift_cents IS 'By how much they differ, exactly.';

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';

LOCK TABLE attribution_events, attribution_allocations IN SHARE ROW EXCLUSIVE MODE;

DROP VIEW allocation_summary;
DROP MATERIALIZED VIEW mv_allocation_summary;

DROP TRIGGER trg_check_event_allocation_sums ON attribution_events;
DROP TRIGGER trg_check_allocation_sum ON attribution_allocations;
DROP FUNCTION check_event_allocation_sums();
DROP FUNCTION check_allocation_sum();
DROP FUNCTION assert_allocation_sum(uuid, uuid, text);
DROP FUNCTION allocation_tolerance_cents();

ALTER TABLE attribution_allocations
    ADD CONSTRAINT fk_attribution_allocations_event_id
        FOREIGN KEY (event_id) REFERENCES attribution_events (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE attribution_allocations
    VALIDATE CONSTRAINT fk_attribution_allocations_event_id;
ALTER TABLE attribution_allocations
    DROP CONSTRAINT fk_attribution_allocations_tenant_id_event_id;
ALTER TABLE attribution_events
    DROP CONSTRAINT uq_attribution_events_tenant_id_id;

COMMENT ON CONSTRAINT fk_attribution_allocations_event_id ON attribution_allocations IS 'Deleting an event deletes its allocations; there is none without an event.';
