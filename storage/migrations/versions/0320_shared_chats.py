"""Several processes answer chats: claims of chats, and what askers were admitted with."""

import sqlalchemy as sa
from alembic import op

revision = "0320"
down_revision = "0302"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("updates", sa.Column("chat_id", sa.BigInteger))
    op.add_column("updates", sa.Column("person_id", sa.BigInteger))
    op.add_column("updates", sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"))
    op.create_table(
        "chat_claims",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_index("chat_claims_owner", "chat_claims", ["owner"])
    is_postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "admissions",
        sa.Column("guard", sa.Text, primary_key=True),
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("other_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("moments", sa.JSON, nullable=False),
        sa.Column("refused_at", _MOMENT),
        sa.Column("changed_at", _MOMENT, nullable=False),
        prefixes=["UNLOGGED"] if is_postgres else [],  # a crash of the server may forget them
    )
    is_shared = sa.text("chat_id IS NOT NULL")
    op.create_index(
        "updates_of_chat",
        "updates",
        ["chat_id", "update_id"],
        sqlite_where=is_shared,
        postgresql_where=is_shared,
    )
