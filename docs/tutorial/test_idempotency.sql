-- set: app.current_tenant_id = a0000000-0000-4000-8000-000000000001
INSERT INTO tenants (id, name) VALUES ('a0000000-0000-4000-8000-000000000001', 'Almond Bakery');
INSERT INTO attribution_events (id, tenant_id, occurred_at, external_event_id, revenue_cents, raw_payload) VALUES
    ('a0000000-0000-4000-8000-000000000101', 'a0000000-0000-4000-8000-000000000001', '2025-11-03 10:00:00+00', 'order-1', 10000, '{}');
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0.6, 6000),
    ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'direct', 0.4, 4000);

-- test: a model version cannot allocate to a channel of an event twice
-- expect error: unique_violation on idx_attribution_allocations_tenant_event_model_channel
INSERT INTO attribution_allocations (tenant_id, event_id, model_version, channel, allocation_ratio, allocated_revenue_cents)
VALUES ('a0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-000000000101', '1.0.0', 'email', 0, 0);

-- test: an event that its source sends again is refused
-- expect error: unique_violation on idx_attribution_events_tenant_external_event_id
INSERT INTO attribution_events (tenant_id, occurred_at, external_event_id, raw_payload)
VALUES ('a0000000-0000-4000-8000-000000000001', '2025-11-04 10:00:00+00', 'order-1', '{}');
