-- The six tables of revenue attribution, with their keys, constraints, idempotency indexes and plain indexes.
-- Nothing is granted here: until the next migration has enabled row level security, only the owner can reach them.

-- Up Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

CREATE TABLE tenants (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT ck_tenants_name_not_empty CHECK (btrim(name) <> '')
);

COMMENT ON TABLE tenants IS 'One customer. Everything else hangs on a tenant and goes when it goes.';
COMMENT ON COLUMN tenants.id IS 'What tenant_id refers to everywhere, and what app.current_tenant_id is compared with.';
COMMENT ON COLUMN tenants.name IS 'Name for people. Not unique: two customers may have the same one.';
COMMENT ON COLUMN tenants.created_at IS 'When the row was written.';
COMMENT ON COLUMN tenants.updated_at IS 'When the row was last changed; set by the writer.';
COMMENT ON CONSTRAINT tenants_pkey ON tenants IS 'A tenant is known by its id.';
COMMENT ON CONSTRAINT ck_tenants_name_not_empty ON tenants IS 'A name that is empty or only blanks tells nobody who the tenant is.';

CREATE TABLE attribution_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    external_event_id text,
    correlation_id uuid,
    session_id uuid,
    revenue_cents integer NOT NULL DEFAULT 0,
    raw_payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attribution_events_pkey PRIMARY KEY (id),
    CONSTRAINT fk_attribution_events_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_attribution_events_revenue_cents CHECK (revenue_cents >= 0)
);

COMMENT ON TABLE attribution_events IS 'Something that happened at a customer of the tenant and that revenue is attributed from.';
COMMENT ON COLUMN attribution_events.id IS 'Identity of the event inside this database.';
COMMENT ON COLUMN attribution_events.tenant_id IS 'Whose event it is.';
COMMENT ON COLUMN attribution_events.occurred_at IS 'When it happened, as the source says; not when it arrived.';
COMMENT ON COLUMN attribution_events.external_event_id IS 'The source''s own identity of the event; the idempotency key where the source has one.';
COMMENT ON COLUMN attribution_events.correlation_id IS 'Identity of the delivery; the idempotency key where external_event_id is null.';
COMMENT ON COLUMN attribution_events.session_id IS 'The visit that the event belongs to, where it is known.';
COMMENT ON COLUMN attribution_events.revenue_cents IS 'Revenue of the event in cents of the tenant''s currency; 0 for events without revenue.';
COMMENT ON COLUMN attribution_events.raw_payload IS 'What the source sent, unchanged.';
COMMENT ON COLUMN attribution_events.created_at IS 'When the row was written.';
COMMENT ON COLUMN attribution_events.updated_at IS 'When the row was last changed; set by the writer.';
COMMENT ON CONSTRAINT attribution_events_pkey ON attribution_events IS 'An event is known by its id.';
COMMENT ON CONSTRAINT fk_attribution_events_tenant_id ON attribution_events IS 'Deleting a tenant deletes its events.';
COMMENT ON CONSTRAINT ck_attribution_events_revenue_cents ON attribution_events IS 'Refunds are events of their own kind elsewhere; revenue is never negative.';

CREATE UNIQUE INDEX idx_attribution_events_tenant_external_event_id
    ON attribution_events (tenant_id, external_event_id)
    WHERE external_event_id IS NOT NULL;
CREATE UNIQUE INDEX idx_attribution_events_tenant_correlation_id
    ON attribution_events (tenant_id, correlation_id)
    WHERE correlation_id IS NOT NULL AND external_event_id IS NULL;
CREATE INDEX idx_attribution_events_tenant_occurred_at ON attribution_events (tenant_id, occurred_at DESC);
CREATE INDEX idx_attribution_events_tenant_session_id
    ON attribution_events (tenant_id, session_id)
    WHERE session_id IS NOT NULL;

COMMENT ON INDEX idx_attribution_events_tenant_external_event_id IS 'Idempotency: a source''s event is counted once for a tenant.';
COMMENT ON INDEX idx_attribution_events_tenant_correlation_id IS 'Idempotency for sources without an event id: a delivery is counted once for a tenant.';
COMMENT ON INDEX idx_attribution_events_tenant_occurred_at IS 'Events of a tenant in a time range, newest first.';
COMMENT ON INDEX idx_attribution_events_tenant_session_id IS 'All events of one visit.';

CREATE TABLE attribution_allocations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    event_id uuid NOT NULL,
    channel text NOT NULL,
    allocated_revenue_cents integer NOT NULL DEFAULT 0,
    model_metadata jsonb,
    correlation_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attribution_allocations_pkey PRIMARY KEY (id),
    CONSTRAINT fk_attribution_allocations_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT fk_attribution_allocations_event_id FOREIGN KEY (event_id) REFERENCES attribution_events (id) ON DELETE CASCADE,
    CONSTRAINT ck_attribution_allocations_allocated_revenue_cents CHECK (allocated_revenue_cents >= 0)
);

COMMENT ON TABLE attribution_allocations IS 'What a model gives a channel of an event''s revenue.';
COMMENT ON COLUMN attribution_allocations.id IS 'Identity of the allocation.';
COMMENT ON COLUMN attribution_allocations.tenant_id IS 'Whose allocation it is.';
COMMENT ON COLUMN attribution_allocations.event_id IS 'The event whose revenue is shared out.';
COMMENT ON COLUMN attribution_allocations.channel IS 'The channel that gets this share.';
COMMENT ON COLUMN attribution_allocations.allocated_revenue_cents IS 'The share in cents.';
COMMENT ON COLUMN attribution_allocations.model_metadata IS 'What the model says about itself and this allocation. Keys that start with "migration:" are reserved for migrations.';
COMMENT ON COLUMN attribution_allocations.correlation_id IS 'The run of the model that wrote it, for tracing.';
COMMENT ON COLUMN attribution_allocations.created_at IS 'When the row was written.';
COMMENT ON COLUMN attribution_allocations.updated_at IS 'When the row was last changed; set by the writer.';
COMMENT ON CONSTRAINT attribution_allocations_pkey ON attribution_allocations IS 'An allocation is known by its id.';
COMMENT ON CONSTRAINT fk_attribution_allocations_tenant_id ON attribution_allocations IS 'Deleting a tenant deletes its allocations.';
COMMENT ON CONSTRAINT fk_attribution_allocations_event_id ON attribution_allocations IS 'Deleting an event deletes its allocations; there is none without an event.';
COMMENT ON CONSTRAINT ck_attribution_allocations_allocated_revenue_cents ON attribution_allocations IS 'A channel cannot get less than nothing.';

CREATE INDEX idx_attribution_allocations_event_id ON attribution_allocations (event_id);
CREATE INDEX idx_attribution_allocations_tenant_created_at ON attribution_allocations (tenant_id, created_at DESC);
CREATE INDEX idx_attribution_allocations_channel ON attribution_allocations (channel);

COMMENT ON INDEX idx_attribution_allocations_event_id IS 'Allocations of one event, and what deleting an event has to find.';
COMMENT ON INDEX idx_attribution_allocations_tenant_created_at IS 'Allocations of a tenant in a time range, newest first.';
COMMENT ON INDEX idx_attribution_allocations_channel IS 'Speculative: no query looks for a channel without a tenant.';

CREATE TABLE revenue_ledger (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    revenue_cents integer NOT NULL,
    is_verified boolean NOT NULL DEFAULT false,
    verified_at timestamptz,
    reconciliation_run_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT revenue_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT fk_revenue_ledger_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_revenue_ledger_revenue_cents CHECK (revenue_cents >= 0)
);

COMMENT ON TABLE revenue_ledger IS 'Revenue that was posted for a tenant.';
COMMENT ON COLUMN revenue_ledger.id IS 'Identity of the posting.';
COMMENT ON COLUMN revenue_ledger.tenant_id IS 'Whose revenue it is.';
COMMENT ON COLUMN revenue_ledger.revenue_cents IS 'The posted amount in cents.';
COMMENT ON COLUMN revenue_ledger.is_verified IS 'Whether reconciliation has confirmed the amount.';
COMMENT ON COLUMN revenue_ledger.verified_at IS 'When reconciliation confirmed it; null until then.';
COMMENT ON COLUMN revenue_ledger.reconciliation_run_id IS 'The run that confirmed it. Deliberately no foreign key: runs are purged, postings stay.';
COMMENT ON COLUMN revenue_ledger.created_at IS 'When the row was written.';
COMMENT ON COLUMN revenue_ledger.updated_at IS 'When the row was last changed; set by the writer.';
COMMENT ON CONSTRAINT revenue_ledger_pkey ON revenue_ledger IS 'A posting is known by its id.';
COMMENT ON CONSTRAINT fk_revenue_ledger_tenant_id ON revenue_ledger IS 'Deleting a tenant deletes its ledger.';
COMMENT ON CONSTRAINT ck_revenue_ledger_revenue_cents ON revenue_ledger IS 'Posted revenue is never negative.';

CREATE INDEX idx_revenue_ledger_tenant_updated_at ON revenue_ledger (tenant_id, updated_at DESC);
CREATE INDEX idx_revenue_ledger_is_verified ON revenue_ledger (is_verified);

COMMENT ON INDEX idx_revenue_ledger_tenant_updated_at IS 'Postings of a tenant in a time range, newest first.';
COMMENT ON INDEX idx_revenue_ledger_is_verified IS 'Speculative: a boolean without a tenant selects next to nothing.';

CREATE TABLE reconciliation_runs (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    last_run_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'idle',
    error_message text,
    run_metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reconciliation_runs_pkey PRIMARY KEY (id),
    CONSTRAINT fk_reconciliation_runs_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE,
    CONSTRAINT ck_reconciliation_runs_state CHECK (state IN ('idle', 'running', 'failed', 'completed'))
);

COMMENT ON TABLE reconciliation_runs IS 'One run that compares posted revenue with what the payment providers say.';
COMMENT ON COLUMN reconciliation_runs.id IS 'Identity of the run.';
COMMENT ON COLUMN reconciliation_runs.tenant_id IS 'Whose revenue was compared.';
COMMENT ON COLUMN reconciliation_runs.last_run_at IS 'When the run last did something.';
COMMENT ON COLUMN reconciliation_runs.state IS 'idle, running, failed or completed.';
COMMENT ON COLUMN reconciliation_runs.error_message IS 'Why it failed; null unless it did.';
COMMENT ON COLUMN reconciliation_runs.run_metadata IS 'What the run says about itself.';
COMMENT ON COLUMN reconciliation_runs.created_at IS 'When the row was written.';
COMMENT ON COLUMN reconciliation_runs.updated_at IS 'When the row was last changed; set by the writer.';
COMMENT ON CONSTRAINT reconciliation_runs_pkey ON reconciliation_runs IS 'A run is known by its id.';
COMMENT ON CONSTRAINT fk_reconciliation_runs_tenant_id ON reconciliation_runs IS 'Deleting a tenant deletes its runs.';
COMMENT ON CONSTRAINT ck_reconciliation_runs_state ON reconciliation_runs IS 'The states that ReconciliationStatusResponse knows.';

CREATE INDEX idx_reconciliation_runs_tenant_last_run_at ON reconciliation_runs (tenant_id, last_run_at DESC);
CREATE INDEX idx_reconciliation_runs_state ON reconciliation_runs (state);

COMMENT ON INDEX idx_reconciliation_runs_tenant_last_run_at IS 'The latest run of a tenant.';
COMMENT ON INDEX idx_reconciliation_runs_state IS 'Speculative: no query looks for a state without a tenant.';

CREATE TABLE dead_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    ingested_at timestamptz NOT NULL DEFAULT now(),
    source text NOT NULL,
    error_code text NOT NULL,
    error_detail jsonb NOT NULL,
    raw_payload jsonb NOT NULL,
    correlation_id uuid,
    external_event_id text,
    CONSTRAINT dead_events_pkey PRIMARY KEY (id),
    CONSTRAINT fk_dead_events_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);

COMMENT ON TABLE dead_events IS 'What was received but could not be made an event; kept so that it can be looked at and sent again.';
COMMENT ON COLUMN dead_events.id IS 'Identity of the row.';
COMMENT ON COLUMN dead_events.tenant_id IS 'Whose delivery it was.';
COMMENT ON COLUMN dead_events.ingested_at IS 'When it was received.';
COMMENT ON COLUMN dead_events.source IS 'Who sent it.';
COMMENT ON COLUMN dead_events.error_code IS 'Why it could not be used, as a code.';
COMMENT ON COLUMN dead_events.error_detail IS 'Why it could not be used, in detail.';
COMMENT ON COLUMN dead_events.raw_payload IS 'What the source sent, unchanged.';
COMMENT ON COLUMN dead_events.correlation_id IS 'Identity of the delivery, where it could be read.';
COMMENT ON COLUMN dead_events.external_event_id IS 'The source''s own identity of the event, where it could be read. Not unique: the same event may die twice.';
COMMENT ON CONSTRAINT dead_events_pkey ON dead_events IS 'A dead event is known by its id.';
COMMENT ON CONSTRAINT fk_dead_events_tenant_id ON dead_events IS 'Deleting a tenant deletes its dead events.';

CREATE INDEX idx_dead_events_tenant_ingested_at ON dead_events (tenant_id, ingested_at DESC);
CREATE INDEX idx_dead_events_source ON dead_events (source);
CREATE INDEX idx_dead_events_error_code ON dead_events (error_code);

COMMENT ON INDEX idx_dead_events_tenant_ingested_at IS 'Dead events of a tenant in a time range, newest first.';
COMMENT ON INDEX idx_dead_events_source IS 'Speculative: no query looks for a source without a tenant.';
COMMENT ON INDEX idx_dead_events_error_code IS 'Speculative: no query looks for an error code without a tenant.';

CREATE INDEX idx_tenants_name ON tenants (name);

COMMENT ON INDEX idx_tenants_name IS 'Speculative: no query looks for a tenant by its name.';

-- Down Migration

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DROP TABLE dead_events;
DROP TABLE reconciliation_runs;
DROP TABLE revenue_ledger;
DROP TABLE attribution_allocations;
DROP TABLE attribution_events;
DROP TABLE tenants;
