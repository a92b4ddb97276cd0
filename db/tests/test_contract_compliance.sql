-- Contract compliance: the JSON that an endpoint answers, made of a row of its view, has the contract's fields in the contract's order,
-- each of the contract's type, and none of them null. db/contracts/read-models.openapi.yaml is the contract.
-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001

INSERT INTO tenants (id, name) VALUES ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery');

INSERT INTO revenue_ledger (tenant_id, revenue_cents, is_verified, posted_at) VALUES
    ('a0000000-0000-4000-8000-000000000001', 10000, true, now() - interval '90 seconds');

INSERT INTO reconciliation_runs (tenant_id, last_run_at, state) VALUES
    ('a0000000-0000-4000-8000-000000000001', '2025-11-05 02:00:00.25+00', 'completed');

SELECT refresh_read_models();

-- test: RealtimeRevenueResponse has its fields in its order
-- as: app_ro
-- sabotage: CREATE OR REPLACE VIEW v_realtime_revenue WITH (security_barrier = true) AS SELECT total_revenue, verified, 0 AS data_freshness_seconds, tenant_id, now() AS more FROM mv_realtime_revenue
SELECT array_agg(key) = '{total_revenue,verified,data_freshness_seconds,tenant_id}'
FROM v_realtime_revenue AS answer CROSS JOIN json_object_keys(row_to_json(answer)) AS key;

-- test: RealtimeRevenueResponse has a number, a boolean, an integer and a uuid
-- as: app_ro
-- sabotage: CREATE OR REPLACE VIEW v_realtime_revenue WITH (security_barrier = true) AS SELECT total_revenue, NULL::boolean AS verified, 0 AS data_freshness_seconds, tenant_id FROM mv_realtime_revenue
SELECT json_typeof(body -> 'total_revenue') = 'number'
    AND json_typeof(body -> 'verified') = 'boolean'
    AND body ->> 'data_freshness_seconds' ~ '^[0-9]+$'
    AND body ->> 'tenant_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
FROM v_realtime_revenue AS answer CROSS JOIN row_to_json(answer) AS body;

-- test: RealtimeRevenueResponse says what was posted
-- as: app_ro
-- sabotage: CREATE OR REPLACE VIEW v_realtime_revenue WITH (security_barrier = true) AS SELECT total_revenue * 100 AS total_revenue, verified, 90 AS data_freshness_seconds, tenant_id FROM mv_realtime_revenue
SELECT row_to_json(answer)::text
    = '{"total_revenue":100.00,"verified":true,"data_freshness_seconds":90,"tenant_id":"a0000000-0000-4000-8000-000000000001"}'
FROM v_realtime_revenue AS answer;

-- test: ReconciliationStatusResponse has its fields in its order
-- as: app_ro
-- sabotage: CREATE OR REPLACE VIEW v_reconciliation_status WITH (security_barrier = true) AS SELECT state, last_run_at, tenant_id, now() AS more FROM mv_reconciliation_status
SELECT array_agg(key) = '{state,last_run_at,tenant_id}'
FROM v_reconciliation_status AS answer CROSS JOIN json_object_keys(row_to_json(answer)) AS key;

-- test: ReconciliationStatusResponse has a state that the contract knows, a date-time and a uuid
-- as: app_ro
-- sabotage: CREATE OR REPLACE VIEW v_reconciliation_status WITH (security_barrier = true) AS SELECT 'done' AS state, last_run_at, tenant_id FROM mv_reconciliation_status
SELECT body ->> 'state' IN ('idle', 'running', 'failed', 'completed')
    AND body ->> 'last_run_at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$'
    AND body ->> 'tenant_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
FROM v_reconciliation_status AS answer CROSS JOIN row_to_json(answer) AS body;
