"""Breaking news: which stories, and who wants them."""

import sqlalchemy as sa
from alembic import op

revision = "0200"
down_revision = "0190"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add the table and the readers' choice; nobody has chosen yet."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "breaking_stories",
        sa.Column("story_id", number, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("article_id", sa.BigInteger, nullable=False),
        sa.Column("papers", sa.SmallInteger, nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("reached", sa.BigInteger, nullable=False),
        sa.Column("done_at", _MOMENT),
    )
    op.create_index("breaking_stories_article", "breaking_stories", ["article_id"])
    is_open = sa.text("done_at IS NULL")
    op.create_index(
        "breaking_stories_open", "breaking_stories", ["found_at"],
        sqlite_where=is_open, postgresql_where=is_open,
    )  # fmt: skip
    op.add_column("subscribers", sa.Column("breaking", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("subscribers", sa.Column("breaking_at", _MOMENT))
    wants = sa.text("breaking > 0")
    op.create_index("subscribers_breaking", "subscribers", ["id"], sqlite_where=wants, postgresql_where=wants)
