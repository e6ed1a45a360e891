"""Whether a deal is open, as a column that the database keeps true.

The closings are the fact: a deal is open while none of them stands. The column repeats it, since
"none" can't be indexed. Whatever writes closings, the deal follows in the same statement; who writes
the column is put right, at once in a standing deal and at the commit in a new one: a deal that comes
in closed is written before its closing. A load that switches triggers off has to be right by itself.

In plain SQL: a trigger of django-pgtrigger first asks whether it should be ignored, which takes forty
times as long as this one's work.
"""

from django.db import migrations, models

KEEP = """
CREATE FUNCTION deals_follow_closings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched text := 'SELECT deal_id FROM changed';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        touched := touched || ' UNION SELECT deal_id FROM former';
    END IF;
    -- Planned anew each time: what fits one closing doesn't fit ten thousand, nor the reverse.
    EXECUTE '
        UPDATE deals_deal deal SET is_open = NOT deal.is_open
        WHERE deal.id IN (' || touched || ') AND deal.is_open = EXISTS (
            SELECT FROM deals_closing closing
            WHERE closing.deal_id = deal.id AND closing.reopened_at IS NULL
        )';
    RETURN NULL;
END $$;

CREATE TRIGGER deals_closing_made AFTER INSERT ON deals_closing
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION deals_follow_closings();
CREATE TRIGGER deals_closing_changed AFTER UPDATE ON deals_closing
    REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION deals_follow_closings();
CREATE TRIGGER deals_closing_gone AFTER DELETE ON deals_closing
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION deals_follow_closings();

CREATE FUNCTION deals_put_is_open_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_open := NOT EXISTS (
        SELECT FROM deals_closing WHERE deal_id = NEW.id AND reopened_at IS NULL
    );
    RETURN NEW;
END $$;

CREATE TRIGGER deals_deal_is_open_written BEFORE UPDATE OF is_open ON deals_deal
    FOR EACH ROW WHEN (OLD.is_open <> NEW.is_open) EXECUTE FUNCTION deals_put_is_open_right();

CREATE FUNCTION deals_open_unless_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM deals_closing WHERE deal_id = NEW.id AND reopened_at IS NULL) THEN
        UPDATE deals_deal SET is_open = true WHERE id = NEW.id AND NOT is_open;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER deals_deal_came_closed AFTER INSERT ON deals_deal
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NOT NEW.is_open) EXECUTE FUNCTION deals_open_unless_closed();
"""

LEAVE = """
DROP TRIGGER deals_closing_made ON deals_closing;
DROP TRIGGER deals_closing_changed ON deals_closing;
DROP TRIGGER deals_closing_gone ON deals_closing;
DROP TRIGGER deals_deal_is_open_written ON deals_deal;
DROP TRIGGER deals_deal_came_closed ON deals_deal;
DROP FUNCTION deals_follow_closings(), deals_put_is_open_right(), deals_open_unless_closed();
"""

HELP = "No closing stands. Triggers keep it so (migration 0005): read it, never set it."


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_imports")]

    # Added as false, which writes no row: 0006 tells of the few that are open.
    operations = [
        migrations.AddField(
            model_name="deal",
            name="is_open",
            field=models.BooleanField(
                db_default=False, default=True, editable=False, help_text=HELP
            ),
        ),
        migrations.AlterField(
            model_name="deal",
            name="is_open",
            field=models.BooleanField(
                db_default=True, default=True, editable=False, help_text=HELP
            ),
        ),
        migrations.RunSQL(KEEP, LEAVE),
    ]
