"""Which source an article's text came from, and what a poll's answer held that was not taken as usual."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the speaker of articles, counts of polls, and the order in which sources take turns."""
    op.add_column("articles", sa.Column("speaker", sa.Text()))
    op.add_column("articles", sa.Column("standing", sa.Text()))
    for name in ("elsewhere", "left_out"):
        op.add_column("web_sources", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "articles_waiting_turns",
        "articles",
        ["source", "id"],
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )
