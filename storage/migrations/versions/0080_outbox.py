"""An outbox: messages and their deliveries; issues are slots only; finished deliveries are counted.

Alerts and corrections were issues of a made-up slot. They become messages without an issue.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0070"
branch_labels = None
depends_on = None

_READ = {
    "messages": ("id", "kind", "issue_id", "made_at"),
    "issues": ("id", "edition", "slot_at"),
    "deliveries": ("message_id", "status", "not_before", "tries", "reason", "changed_at"),
}
_COUNTED = ("sent", "late", "gone", "refused", "departed", "unknown", "repeated")


def upgrade() -> None:
    """Make the new tables out of the old ones, row by row, and drop those."""
    _create_messages()
    _fill_messages()
    _renew_deliveries()
    _drop_what_was()
    _create_counts()
    for statement in _POSTGRES if _is_postgres() else _SQLITE:
        op.execute(statement)
    _count_what_is_finished()


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _time() -> sa.types.TypeEngine[Any]:
    return sa.DateTime(timezone=True) if _is_postgres() else sa.BigInteger()  # there microseconds since 1970


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("issue_id", _row_id()),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("correction_id", _row_id()),
        sa.Column("after_id", _row_id()),
        sa.Column("made_at", _time(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issue_id", "part"),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["correction_id"], ["corrections.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["after_id"], ["messages.id"], ondelete="SET NULL"),
    )
    op.create_index("messages_correction", "messages", ["correction_id"])
    op.create_index("messages_after", "messages", ["after_id"])
    op.create_index("messages_made_at", "messages", ["made_at"])


def _fill_messages() -> None:
    """Make one message of each part. Until `_drop_what_was` alerts and corrections keep their issue.

    A delivery whose part is gone gets a message without words.
    """
    op.execute(
        """
        INSERT INTO messages (kind, html, buttons, issue_id, part, correction_id, made_at)
        SELECT CASE WHEN i.status = 'alert' THEN 'alert' WHEN i.status <> 'correction' THEN 'digest'
                    WHEN w.part = 0 THEN 'correction_edit' ELSE 'correction_notice' END,
               coalesce(p.html, ''), '[]', i.id, w.part, c.id, i.made_at
        FROM (SELECT issue_id, part FROM issue_parts UNION SELECT issue_id, part FROM deliveries) AS w
        JOIN issues i ON i.id = w.issue_id
        LEFT JOIN issue_parts p ON p.issue_id = w.issue_id AND p.part = w.part
        LEFT JOIN corrections c ON i.status = 'correction' AND i.reason = 'correction ' || c.id
        ORDER BY i.id, w.part
        """
    )
    op.execute(
        """
        UPDATE messages SET buttons = b.rows
        FROM deliveries d JOIN delivery_buttons b ON b.delivery_id = d.id
        WHERE d.issue_id = messages.issue_id AND d.part = messages.part
        """
    )
    op.execute(
        """
        UPDATE messages SET after_id = earlier.id FROM messages AS earlier
        WHERE earlier.issue_id = messages.issue_id AND earlier.part = messages.part - 1
          AND messages.kind IN ('digest', 'correction_notice')
        """
    )
    op.execute(  # an edit comes after the message that told the story in the issue of `window_start`
        """
        UPDATE messages SET after_id = told.id
        FROM issues c, issues i, corrections, issue_stories s, messages AS told
        WHERE messages.kind = 'correction_edit' AND c.id = messages.issue_id
          AND i.profile_id = c.profile_id AND i.slot_at = c.window_start
          AND corrections.id = messages.correction_id
          AND s.issue_id = i.id AND s.story_id = corrections.story_id
          AND told.issue_id = i.id AND told.part = s.part
        """
    )


def _renew_deliveries() -> None:
    op.create_table(
        "new_deliveries",
        sa.Column("id", _row_id(), nullable=False),
        sa.Column("message_id", _row_id(), nullable=False),
        sa.Column("subscriber_id", _row_id(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("not_before", _time(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("changed_at", _time(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscriber_id", "message_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], ondelete="CASCADE"),
    )
    op.execute(
        """
        INSERT INTO new_deliveries
        (id, message_id, subscriber_id, status, not_before, tries, telegram_id, reason, changed_at)
        SELECT d.id, m.id, d.subscriber_id, d.status, d.not_before, d.tries, d.message_id, d.reason,
               d.changed_at
        FROM deliveries d JOIN messages m ON m.issue_id = d.issue_id AND m.part = d.part
        """
    )


def _drop_what_was() -> None:
    for name in ("delivery_edits", "delivery_buttons", "deliveries", "issue_parts"):
        op.drop_table(name)
    op.rename_table("new_deliveries", "deliveries")
    if _is_postgres():
        op.execute(
            "SELECT setval(pg_get_serial_sequence('deliveries', 'id'), coalesce(max(id), 0) + 1, false)"
            " FROM deliveries"
        )
    op.execute("UPDATE messages SET issue_id = NULL, part = 0 WHERE kind <> 'digest'")
    op.execute("DELETE FROM issues WHERE status IN ('alert', 'correction')")
    is_pending = sa.text("status = 'pending'")
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["tries", "not_before", "id"],
        sqlite_where=is_pending,
        postgresql_where=is_pending,
    )
    op.create_index("deliveries_status", "deliveries", ["status", "changed_at"])
    op.create_index("deliveries_message", "deliveries", ["message_id", "status"])


def _create_counts() -> None:
    op.create_table(
        "delivery_counts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("slot_at", _time(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTED),
        sa.PrimaryKeyConstraint("kind", "edition", "slot_at"),
    )
    op.create_index("delivery_counts_slot_at", "delivery_counts", ["slot_at"])


def _count_what_is_finished() -> None:
    late = sa.text("interval '15 minutes'") if _is_postgres() else sa.text("900000000")
    m, i, d = (sa.table(name, *map(sa.column, columns)) for name, columns in _READ.items())
    key = (m.c.kind, sa.func.coalesce(i.c.edition, ""), sa.func.coalesce(i.c.slot_at, m.c.made_at))
    is_sent, is_gone = d.c.status == "sent", d.c.status == "gone"
    has_left = sa.or_(d.c.reason.like("left: %"), d.c.reason.like("no rights: %"))
    counted = (
        is_sent,
        sa.and_(is_sent, d.c.changed_at - d.c.not_before > late),
        is_gone,
        sa.and_(is_gone, d.c.reason.like("refused: %")),
        sa.and_(is_gone, has_left),
        d.c.status == "unknown",
        sa.and_(sa.not_(is_gone), d.c.tries > 1),
    )
    query = (
        sa.select(*key, *(sa.func.count(sa.case((condition, 1))) for condition in counted))
        .select_from(d.join(m, m.c.id == d.c.message_id).outerjoin(i, i.c.id == m.c.issue_id))
        .where(d.c.status.in_(["sent", "gone", "unknown"]))
        .group_by(*key)
    )
    names = ("kind", "edition", "slot_at", *_COUNTED)
    counts = sa.table("delivery_counts", *map(sa.column, names))
    op.execute(counts.insert().from_select(names, query))


# Both triggers count each delivery that comes to an end, once, whatever statement brings it there.
_SQLITE = (
    """
    CREATE TRIGGER deliveries_counted AFTER UPDATE OF status ON deliveries
    WHEN new.status IN ('sent', 'gone', 'unknown') AND old.status NOT IN ('sent', 'gone', 'unknown')
    BEGIN
        INSERT INTO delivery_counts
        (kind, edition, slot_at, sent, late, gone, refused, departed, unknown, repeated)
        SELECT m.kind, coalesce(i.edition, ''), coalesce(i.slot_at, m.made_at),
               new.status = 'sent',
               new.status = 'sent' AND new.changed_at - new.not_before > 900000000,
               new.status = 'gone',
               new.status = 'gone' AND coalesce(new.reason LIKE 'refused: %', 0),
               new.status = 'gone'
               AND coalesce(new.reason LIKE 'left: %' OR new.reason LIKE 'no rights: %', 0),
               new.status = 'unknown',
               new.status <> 'gone' AND new.tries > 1
        FROM messages m LEFT JOIN issues i ON i.id = m.issue_id WHERE m.id = new.message_id
        ON CONFLICT (kind, edition, slot_at) DO UPDATE SET
            sent = sent + excluded.sent, late = late + excluded.late, gone = gone + excluded.gone,
            refused = refused + excluded.refused, departed = departed + excluded.departed,
            unknown = unknown + excluded.unknown, repeated = repeated + excluded.repeated;
    END
    """,
)
_POSTGRES = (
    """
    CREATE FUNCTION count_finished_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO delivery_counts AS c
        (kind, edition, slot_at, sent, late, gone, refused, departed, unknown, repeated)
        SELECT m.kind, coalesce(i.edition, ''), coalesce(i.slot_at, m.made_at),
               count(*) FILTER (WHERE d.status = 'sent'),
               count(*) FILTER (WHERE d.status = 'sent'
                                AND d.changed_at - d.not_before > interval '15 minutes'),
               count(*) FILTER (WHERE d.status = 'gone'),
               count(*) FILTER (WHERE d.status = 'gone' AND d.reason LIKE 'refused: %'),
               count(*) FILTER (WHERE d.status = 'gone'
                                AND (d.reason LIKE 'left: %' OR d.reason LIKE 'no rights: %')),
               count(*) FILTER (WHERE d.status = 'unknown'),
               count(*) FILTER (WHERE d.status <> 'gone' AND d.tries > 1)
        FROM new_rows d JOIN old_rows o ON o.id = d.id
        JOIN messages m ON m.id = d.message_id LEFT JOIN issues i ON i.id = m.issue_id
        WHERE d.status IN ('sent', 'gone', 'unknown') AND o.status NOT IN ('sent', 'gone', 'unknown')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (kind, edition, slot_at) DO UPDATE SET
            sent = c.sent + excluded.sent, late = c.late + excluded.late, gone = c.gone + excluded.gone,
            refused = c.refused + excluded.refused, departed = c.departed + excluded.departed,
            unknown = c.unknown + excluded.unknown, repeated = c.repeated + excluded.repeated;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER deliveries_counted AFTER UPDATE ON deliveries
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_finished_deliveries()
    """,
)
