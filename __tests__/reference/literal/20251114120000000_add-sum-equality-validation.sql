-- The requirements' phase 4B: "Implementation", 1 and 2, word for word. They give no down; this is the obvious one.

-- Up Migration

CREATE MATERIALIZED VIEW mv_allocation_summary AS
SELECT 
    aa.tenant_id,
    aa.event_id,
    aa.model_version,
    SUM(aa.allocated_revenue_cents) AS total_allocated_cents,
    e.revenue_cents AS event_revenue_cents,
    (SUM(aa.allocated_revenue_cents) = e.revenue_cents) AS is_balanced,
    ABS(SUM(aa.allocated_revenue_cents) - e.revenue_cents) AS drift_cents
FROM attribution_allocations aa
INNER JOIN attribution_events e ON aa.event_id = e.id
GROUP BY aa.tenant_id, aa.event_id, aa.model_version, e.revenue_cents;

CREATE UNIQUE INDEX idx_mv_allocation_summary_key
    ON mv_allocation_summary (tenant_id, event_id, model_version);

CREATE OR REPLACE FUNCTION check_allocation_sum()
RETURNS TRIGGER AS $$
DECLARE
    event_revenue INTEGER;
    allocated_sum INTEGER;
    tolerance_cents INTEGER := 1; -- ±1 cent rounding tolerance
BEGIN
    SELECT revenue_cents INTO event_revenue
    FROM attribution_events
    WHERE id = COALESCE(NEW.event_id, OLD.event_id);
    
    SELECT COALESCE(SUM(allocated_revenue_cents), 0) INTO allocated_sum
    FROM attribution_allocations
    WHERE event_id = COALESCE(NEW.event_id, OLD.event_id)
      AND model_version = COALESCE(NEW.model_version, OLD.model_version);
    
    IF ABS(allocated_sum - event_revenue) > tolerance_cents THEN
        RAISE EXCEPTION 'Allocation sum mismatch: allocated=% expected=% drift=%', 
            allocated_sum, event_revenue, ABS(allocated_sum - event_revenue);
    END IF;
    
    RETURN COALESCE(NEW, OLD);
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER trg_check_allocation_sum
    AFTER INSERT OR UPDATE OR DELETE ON attribution_allocations
    FOR EACH ROW EXECUTE FUNCTION check_allocation_sum();

-- Down Migration

DROP TRIGGER trg_check_allocation_sum ON attribution_allocations;

DROP FUNCTION check_allocation_sum();

DROP MATERIALIZED VIEW mv_allocation_summary;
