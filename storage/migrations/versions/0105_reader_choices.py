"""Profiles hold a length, words and sources; what a chat saw outside its issues is remembered."""

import sqlalchemy as sa
from alembic import op

from storage.times import UtcTime

revision = "0105"
down_revision = "0100"
branch_labels = None
depends_on = None

_LISTS = ("words_out", "words_in", "sources_out", "sources_in")


def upgrade() -> None:
    """Add the choices, as everybody has them so far, and the table of what was shown."""
    op.add_column("profiles", sa.Column("length", sa.Text(), nullable=False, server_default="vua"))
    for name in _LISTS:
        op.add_column("profiles", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("profiles", sa.Column("variant_of", sa.BigInteger()))
    op.add_column("subscribers", sa.Column("joined_at", UtcTime()))
    _index_set("profiles", "variant_of")
    _index_set("subscribers", "joined_at")
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shown_stories",
        sa.Column("subscriber_id", row_id, nullable=False),
        sa.Column("story_id", row_id, nullable=False),
        sa.Column("shown_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "story_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], ondelete="CASCADE"),
    )
    op.create_index("shown_stories_shown_at", "shown_stories", ["shown_at"])
    op.create_index("shown_stories_story", "shown_stories", ["story_id"])


def _index_set(table: str, column: str) -> None:
    is_set = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"{table}_{column}", table, [column], sqlite_where=is_set, postgresql_where=is_set)
