"""Articles are grouped in turns, which several processes give out and answer."""

import sqlalchemy as sa
from alembic import op

revision = "0290"
down_revision = "0320"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
_VERSION = sa.Integer().with_variant(sa.SmallInteger(), "sqlite")
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WEEK = {"postgresql": "interval '7 days'", "sqlite": "604800000000"}  # microseconds there
_NUMBERED = """
    UPDATE articles SET turn = numbered.number FROM (
        SELECT id, row_number() OVER (ORDER BY processed_at, id) AS number FROM (
            SELECT id, processed_at FROM articles
            WHERE processed_at IS NOT NULL AND story_id IS NOT NULL
            AND stored_at >= (SELECT max(stored_at) FROM articles) - {week}
            ORDER BY processed_at DESC, id DESC LIMIT 49000
        ) AS newest
    ) AS numbered WHERE numbered.id = articles.id
"""


def upgrade() -> None:
    """Add the column and the tables; articles that grouping still compares with get turns as they came."""
    op.add_column("articles", sa.Column("turn", sa.BigInteger))
    op.create_index("articles_turn", "articles", ["turn"])
    op.create_table(
        "article_turns",
        sa.Column("turn", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "article_id", _ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("version", _VERSION, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("claimed_until", _MOMENT),
        sa.Column("answer", sa.LargeBinary),
    )
    op.create_table(
        "grouping_state",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("last_turn", sa.BigInteger, nullable=False),
        sa.Column("last_source", sa.Text),
        sa.Column("horizon_turn", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("horizon_first", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("horizon_since", _MOMENT),
    )
    op.execute(_NUMBERED.format(week=_WEEK[op.get_context().dialect.name]))
