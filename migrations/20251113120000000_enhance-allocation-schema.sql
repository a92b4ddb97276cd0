-- Phase 4A: an allocation says which share of the event it is, which version of the model made it, and names a channel of a
-- fixed list; a model version allocates to a channel of an event once. db/docs/DECISIONS.md gives the reasons for every rule.
--
-- Rows that exist get
--   model_version     what the last down kept for the row, else model_metadata ->> 'model_version', else 'unversioned';
--   allocation_ratio  what the last down kept for the row, else allocated_revenue_cents / revenue_cents of the event, rounded
--                     to five places, 0 where the event has no revenue, and 1 where more was allocated than there is.
-- No amount, no channel and no updated_at is changed.
--
-- The down keeps a value only where this rule would not give it again, in model_metadata under one key, which the up removes:
--   "migration:enhance-allocation-schema": { "model_version": …, "allocation_ratio": …, "original": [ … ] }
-- "original" is there where model_metadata was no object that the key could be added to: [] for NULL, [value] for anything else.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';

-- A role that row level security hides rows from would fill in none of them, silently. With this it is an error.
SET LOCAL row_security = off;

-- Writers wait from here on, so that the rows which were looked at are the rows which are altered.
LOCK TABLE attribution_allocations IN SHARE ROW EXCLUSIVE MODE;

DO $$
DECLARE
    bad_rows bigint;
    bad_channels text;
    named_rows text;
BEGIN
    SELECT count(*), string_agg(DISTINCT quote_literal(channel), ', ')
    INTO bad_rows, bad_channels
    FROM attribution_allocations
    WHERE channel NOT IN ('google_search', 'facebook_ads', 'direct', 'email', 'organic');

    IF bad_rows > 0 THEN
        SELECT string_agg(format('%s (%L)', id, channel), ', ' ORDER BY id)
        INTO named_rows
        FROM (
            SELECT id, channel
            FROM attribution_allocations
            WHERE channel NOT IN ('google_search', 'facebook_ads', 'direct', 'email', 'organic')
            ORDER BY id
            LIMIT 10
        ) AS first_rows;

        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            MESSAGE = format('%s row(s) of attribution_allocations have a channel outside of the list: %s', bad_rows, bad_channels),
            DETAIL = format('The first of them: %s', named_rows),
            HINT = 'Give them one of google_search, facebook_ads, direct, email, organic, then migrate again. Nothing was changed.',
            TABLE = 'attribution_allocations',
            CONSTRAINT = 'ck_attribution_allocations_channel_code_valid';
    END IF;
END
$$;

ALTER TABLE attribution_allocations
    ADD COLUMN allocation_ratio numeric(6, 5),
    ADD COLUMN model_version text;

UPDATE attribution_allocations AS allocation
SET
    model_version = coalesce(
        allocation.model_metadata #>> '{migration:enhance-allocation-schema,model_version}',
        nullif(
            coalesce(
                allocation.model_metadata #> '{migration:enhance-allocation-schema,original,0}',
                allocation.model_metadata
            ) ->> 'model_version',
            ''
        ),
        'unversioned'
    ),
    allocation_ratio = coalesce(
        (allocation.model_metadata #>> '{migration:enhance-allocation-schema,allocation_ratio}')::numeric,
        CASE
            WHEN event.revenue_cents = 0 THEN 0
            ELSE least(1, round(allocation.allocated_revenue_cents::numeric / event.revenue_cents, 5))
        END
    ),
    model_metadata = CASE
        WHEN allocation.model_metadata #> '{migration:enhance-allocation-schema,original}' IS NOT NULL
            THEN allocation.model_metadata #> '{migration:enhance-allocation-schema,original,0}'
        WHEN jsonb_typeof(allocation.model_metadata) = 'object'
            THEN allocation.model_metadata - 'migration:enhance-allocation-schema'
        ELSE allocation.model_metadata
    END
FROM attribution_events AS event
WHERE event.id = allocation.event_id;

DO $$
DECLARE
    groups bigint;
    named_rows text;
BEGIN
    SELECT count(*)
    INTO groups
    FROM (
        SELECT FROM attribution_allocations
        GROUP BY tenant_id, event_id, model_version, channel
        HAVING count(*) > 1
    ) AS duplicates;

    IF groups > 0 THEN
        SELECT string_agg(
            format('event %s, model version %L, channel %L: allocations %s', event_id, model_version, channel, ids),
            '; ' ORDER BY event_id, model_version, channel
        )
        INTO named_rows
        FROM (
            SELECT event_id, model_version, channel, string_agg(id::text, ', ' ORDER BY id) AS ids
            FROM attribution_allocations
            GROUP BY tenant_id, event_id, model_version, channel
            HAVING count(*) > 1
            ORDER BY event_id, model_version, channel
            LIMIT 10
        ) AS first_groups;

        RAISE EXCEPTION USING
            ERRCODE = 'unique_violation',
            MESSAGE = format('attribution_allocations holds more than one allocation for %s group(s) of tenant, event, model version and channel', groups),
            DETAIL = format('The first of them: %s', named_rows),
            HINT = 'Merge or delete them, or tell them apart by model_metadata ->> ''model_version'', then migrate again. Nothing was changed.',
            TABLE = 'attribution_allocations',
            CONSTRAINT = 'idx_attribution_allocations_tenant_event_model_channel';
    END IF;
END
$$;

-- In the order that lets a big table be migrated in several transactions: NOT VALID needs a moment, VALIDATE reads the table
-- while others write, and SET NOT NULL believes a valid CHECK instead of reading. In one transaction, as here, none of it
-- shortens anything: ADD COLUMN holds the exclusive lock to the end. MIGRATION_SAFETY_CHECKLIST.md says when to cut the file.
ALTER TABLE attribution_allocations
    ADD CONSTRAINT ck_attribution_allocations_filled_in
        CHECK (allocation_ratio IS NOT NULL AND model_version IS NOT NULL) NOT VALID,
    ADD CONSTRAINT ck_attribution_allocations_allocation_ratio
        CHECK (allocation_ratio >= 0 AND allocation_ratio <= 1) NOT VALID,
    ADD CONSTRAINT ck_attribution_allocations_channel_code_valid
        CHECK (channel IN ('google_search', 'facebook_ads', 'direct', 'email', 'organic')) NOT VALID;

ALTER TABLE attribution_allocations
    VALIDATE CONSTRAINT ck_attribution_allocations_filled_in,
    VALIDATE CONSTRAINT ck_attribution_allocations_allocation_ratio,
    VALIDATE CONSTRAINT ck_attribution_allocations_channel_code_valid;

ALTER TABLE attribution_allocations
    ALTER COLUMN allocation_ratio SET NOT NULL,
    ALTER COLUMN model_version SET NOT NULL;

ALTER TABLE attribution_allocations
    DROP CONSTRAINT ck_attribution_allocations_filled_in;

CREATE UNIQUE INDEX idx_attribution_allocations_tenant_event_model_channel
    ON attribution_allocations (tenant_id, event_id, model_version, channel)
    WHERE model_version IS NOT NULL;

COMMENT ON COLUMN attribution_allocations.allocation_ratio IS 'The share as the model computed it, from 0 to 1; allocated_revenue_cents is what was booked for it.';
COMMENT ON COLUMN attribution_allocations.model_version IS 'Version of the attribution model that made the allocation; ''unversioned'' for rows from before versions were recorded.';
COMMENT ON CONSTRAINT ck_attribution_allocations_allocation_ratio ON attribution_allocations IS 'A channel gets at most everything and at least nothing.';
COMMENT ON CONSTRAINT ck_attribution_allocations_channel_code_valid ON attribution_allocations IS 'The channels that the product knows.';
COMMENT ON INDEX idx_attribution_allocations_tenant_event_model_channel IS 'Idempotency: a model version allocates to a channel of an event once.';

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '5min';
SET LOCAL row_security = off;

LOCK TABLE attribution_allocations IN SHARE ROW EXCLUSIVE MODE;

-- A key of this name that the application wrote would be taken for ours by the next up: such a row is kept whole in "original".
WITH again AS (
    SELECT
        allocation.id,
        coalesce(nullif(allocation.model_metadata ->> 'model_version', ''), 'unversioned') AS model_version,
        CASE
            WHEN event.revenue_cents = 0 THEN 0
            ELSE least(1, round(allocation.allocated_revenue_cents::numeric / event.revenue_cents, 5))
        END AS allocation_ratio,
        coalesce(
            jsonb_typeof(allocation.model_metadata) = 'object'
            AND NOT allocation.model_metadata ? 'migration:enhance-allocation-schema',
            false
        ) AS key_can_be_added
    FROM attribution_allocations AS allocation
    INNER JOIN attribution_events AS event ON event.id = allocation.event_id
),

kept AS (
    SELECT
        allocation.id,
        again.key_can_be_added,
        jsonb_strip_nulls(jsonb_build_object(
            'model_version', nullif(allocation.model_version, again.model_version),
            'allocation_ratio', nullif(allocation.allocation_ratio, again.allocation_ratio)
        )) AS differs
    FROM attribution_allocations AS allocation
    INNER JOIN again ON again.id = allocation.id
)

UPDATE attribution_allocations AS allocation
SET model_metadata = CASE
    WHEN kept.key_can_be_added
        THEN allocation.model_metadata || jsonb_build_object('migration:enhance-allocation-schema', kept.differs)
    ELSE jsonb_build_object(
        'migration:enhance-allocation-schema',
        kept.differs || jsonb_build_object(
            'original',
            CASE WHEN allocation.model_metadata IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(allocation.model_metadata) END
        )
    )
END
FROM kept
WHERE kept.id = allocation.id
    AND (kept.differs <> '{}'::jsonb OR allocation.model_metadata ? 'migration:enhance-allocation-schema');

DROP INDEX idx_attribution_allocations_tenant_event_model_channel;

ALTER TABLE attribution_allocations
    DROP CONSTRAINT ck_attribution_allocations_channel_code_valid,
    DROP CONSTRAINT ck_attribution_allocations_allocation_ratio,
    DROP COLUMN model_version,
    DROP COLUMN allocation_ratio;
