"""The lease, retractions and corrections."""

import sqlalchemy as sa
from alembic import op

import storage.times

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what delivery's promise needs."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("issue_stories", sa.Column("part", sa.SmallInteger(), nullable=True))
    op.add_column("issue_stories", sa.Column("headline", sa.Text(), nullable=True))
    op.create_table(
        "delivery_edits",
        sa.Column("delivery_id", row_id, nullable=False),
        sa.Column("edited_id", row_id, nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["edited_id"], ["deliveries.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.create_index("delivery_edits_edited", "delivery_edits", ["edited_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", row_id, nullable=False),
        sa.Column("story_id", row_id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", storage.times.UtcTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", storage.times.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("corrections_story", "corrections", ["story_id"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", storage.times.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("questions", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.create_index("questions_message", "questions", ["chat_id", "message_id"], unique=True)
    is_pending = sa.text("status = 'pending'")
    op.drop_index("deliveries_open", table_name="deliveries")
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["tries", "not_before", "id"],
        sqlite_where=is_pending,
        postgresql_where=is_pending,
    )
