"""The schema at the first release. It stands for all schemas before it and imports no code of the project."""

import sqlalchemy as sa
from alembic import op

revision = "0160"
down_revision = None
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_VERSION = sa.Integer().with_variant(sa.SmallInteger(), "sqlite")
_MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")


def upgrade() -> None:
    """Make every table, index and trigger."""
    _create_tables()
    is_postgres = op.get_context().dialect.name == "postgresql"
    for statement in _POSTGRES if is_postgres else _SQLITE:
        op.execute(statement)


def _create_tables() -> None:
    op.create_table(
        "article_changes",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
    )
    op.create_index("article_changes_order", "article_changes", ["transaction_id", "id"])
    op.create_table(
        "conversations",
        sa.Column("chat_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("awaited", sa.Text()),
        sa.Column("question_id", sa.BigInteger()),
        sa.Column("page", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "deeds",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.Column("admin", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
    )
    op.create_index("deeds_done_at", "deeds", ["done_at"])
    op.create_table(
        "delivery_counts",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("edition", sa.Text(), primary_key=True),
        sa.Column("slot_at", _MOMENT, primary_key=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("departed", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
    )
    op.create_index("delivery_counts_slot_at", "delivery_counts", ["slot_at"])
    op.create_table(
        "intake_files",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "profiles",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("zone", sa.Text()),
        sa.Column("next_due_at", _MOMENT),
        sa.Column("last_slot_at", _MOMENT),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("length", sa.Text(), nullable=False, server_default="vua"),
        sa.Column("words_out", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("words_in", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("sources_out", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("sources_in", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("variant_of", sa.BigInteger()),
    )
    op.create_index("profiles_next_due_at", "profiles", ["next_due_at"])
    op.create_index(
        "profiles_variant_of",
        "profiles",
        ["variant_of"],
        sqlite_where=sa.text("variant_of IS NOT NULL"),
        postgresql_where=sa.text("variant_of IS NOT NULL"),
    )
    op.create_table(
        "questions",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("article_ids", sa.JSON(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("kept", sa.JSON()),
    )
    op.create_index("questions_asked_at", "questions", ["asked_at"])
    op.create_index("questions_chat", "questions", ["chat_id"])
    op.create_index("questions_message", "questions", ["chat_id", "message_id"], unique=True)
    op.create_table(
        "refusals",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "set_aside_texts",
        sa.Column("hash", sa.Text(), primary_key=True),
        sa.Column("seen_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "stories",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("created_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "story_lists",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("story_ids", sa.JSON(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
    )
    op.create_index("story_lists_made_at", "story_lists", ["made_at"])
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("payload", sa.Text()),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("failure", sa.Text()),
    )
    op.create_index(
        "updates_waiting",
        "updates",
        ["update_id"],
        sqlite_where=sa.text("payload IS NOT NULL"),
        postgresql_where=sa.text("payload IS NOT NULL"),
    )
    op.create_table(
        "web_sources",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("tried_at", _MOMENT),
        sa.Column("fetched_at", _MOMENT),
        sa.Column("new_at", _MOMENT),
        sa.Column("gap_seconds", sa.Integer()),
        sa.Column("items", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("date_order", sa.Text()),
        sa.Column("elsewhere", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("left_out", sa.Integer(), nullable=False, server_default="0"),
    )
    op.create_table(
        "articles",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("topic_by_words", sa.Text()),
        sa.Column("topic", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sapo", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", _MOMENT),
        sa.Column("published_precision", sa.Text()),
        sa.Column("stored_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("version", _VERSION, nullable=False),
        sa.Column("advertorial", sa.Boolean(), nullable=False),
        sa.Column("story_id", _ROW_ID, sa.ForeignKey("stories.id", ondelete="SET NULL")),
        sa.Column("worked_at", _MOMENT),
        sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("ready_at", _MOMENT),
        sa.Column("speaker", sa.Text()),
        sa.Column("standing", sa.Text()),
    )
    op.create_index("articles_external_id", "articles", ["external_id"])
    op.create_index("articles_published_at", "articles", ["published_at"])
    op.create_index("articles_ready_at", "articles", ["ready_at"])
    op.create_index("articles_source", "articles", ["source", "id"])
    op.create_index("articles_stored_at", "articles", ["stored_at"])
    op.create_index("articles_story_id", "articles", ["story_id"])
    op.create_index(
        "articles_waiting",
        "articles",
        ["id"],
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )
    op.create_index(
        "articles_waiting_turns",
        "articles",
        ["source", "id"],
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )
    op.create_index("articles_worked_at", "articles", ["worked_at"])
    op.create_table(
        "corrections",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("story_id", _ROW_ID, sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT),
    )
    op.create_index("corrections_story", "corrections", ["story_id"])
    op.create_table(
        "issues",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("profile_id", _ROW_ID, sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("slot_at", _MOMENT, nullable=False),
        sa.Column("window_start", _MOMENT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("profile_id", "slot_at"),
    )
    op.create_index("issues_slot_at", "issues", ["slot_at"])
    op.create_table(
        "subscribers",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text()),
        sa.Column("profile_id", _ROW_ID, sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("quiet_start", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_end", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("previous_profile_id", sa.BigInteger()),
        sa.Column("held_until", _MOMENT),
        sa.Column("told_at", _MOMENT),
        sa.Column("paused_until", _MOMENT),
        sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("paused_at", _MOMENT),
        sa.Column("joined_at", _MOMENT),
    )
    op.create_index(
        "subscribers_held",
        "subscribers",
        ["held_until"],
        sqlite_where=sa.text("held_until IS NOT NULL"),
        postgresql_where=sa.text("held_until IS NOT NULL"),
    )
    op.create_index(
        "subscribers_joined_at",
        "subscribers",
        ["joined_at"],
        sqlite_where=sa.text("joined_at IS NOT NULL"),
        postgresql_where=sa.text("joined_at IS NOT NULL"),
    )
    op.create_index(
        "subscribers_paused_until",
        "subscribers",
        ["paused_until"],
        sqlite_where=sa.text("paused_until IS NOT NULL"),
        postgresql_where=sa.text("paused_until IS NOT NULL"),
    )
    op.create_index("subscribers_profile", "subscribers", ["profile_id", "status"])
    op.create_table(
        "article_versions",
        sa.Column("article_id", _ROW_ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", _VERSION, primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sapo", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "follows",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=False),
        sa.Column("news_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT),
        sa.Column("removed_at", _MOMENT),
        sa.UniqueConstraint("subscriber_id", "article_id"),
    )
    op.create_index("follows_article", "follows", ["article_id"])
    op.create_index(
        "follows_due",
        "follows",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "headline_changes",
        sa.Column("article_id", _ROW_ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", _VERSION, primary_key=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT),
    )
    op.create_index(
        "headline_changes_untold",
        "headline_changes",
        ["changed_at"],
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "issue_stories",
        sa.Column("issue_id", _ROW_ID, sa.ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.SmallInteger(), primary_key=True),
        sa.Column("story_id", _ROW_ID, sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
        sa.Column("part", sa.SmallInteger()),
        sa.Column("headline", sa.Text()),
        sa.Column("rank", sa.SmallInteger()),
    )
    op.create_index("issue_stories_story", "issue_stories", ["story_id"])
    op.create_table(
        "messages",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("issue_id", _ROW_ID, sa.ForeignKey("issues.id", ondelete="CASCADE")),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("correction_id", _ROW_ID, sa.ForeignKey("corrections.id", ondelete="SET NULL")),
        sa.Column("after_id", _ROW_ID, sa.ForeignKey("messages.id", ondelete="SET NULL")),
        sa.Column("preview_url", sa.Text()),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("issue_id", "part"),
    )
    op.create_index("messages_after", "messages", ["after_id"])
    op.create_index("messages_correction", "messages", ["correction_id"])
    op.create_index("messages_made_at", "messages", ["made_at"])
    op.create_table(
        "packed_articles",
        sa.Column("article_id", _ROW_ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "saved_stories",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT),
        sa.UniqueConstraint("subscriber_id", "article_id"),
    )
    op.create_index("saved_stories_saved_at", "saved_stories", ["saved_at"])
    op.create_table(
        "shown_stories",
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("story_id", _ROW_ID, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("shown_at", _MOMENT, nullable=False),
    )
    op.create_index("shown_stories_shown_at", "shown_stories", ["shown_at"])
    op.create_index("shown_stories_story", "shown_stories", ["story_id"])
    op.create_table(
        "summary_places",
        sa.Column("article_id", _ROW_ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.SmallInteger(), primary_key=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
    )
    op.create_table(
        "tastes",
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
    )
    op.create_table(
        "taught_stories",
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("article_id", sa.BigInteger(), primary_key=True),
        sa.Column("liking", sa.SmallInteger(), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("taught_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "watches",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("removed_at", _MOMENT),
        sa.UniqueConstraint("subscriber_id", "key"),
    )
    op.create_index("watches_changed_at", "watches", ["changed_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("message_id", _ROW_ID, sa.ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "subscriber_id", _ROW_ID, sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.UniqueConstraint("subscriber_id", "message_id"),
    )
    op.create_index("deliveries_message", "deliveries", ["message_id", "status"])
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["tries", "not_before", "id"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("deliveries_status", "deliveries", ["status", "changed_at"])
    op.create_table(
        "watch_hits",
        sa.Column("watch_id", _ROW_ID, sa.ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("story_id", _ROW_ID, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("article_id", _ROW_ID, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("alerted_at", _MOMENT),
    )
    op.create_index("watch_hits_alerted_at", "watch_hits", ["alerted_at"])
    op.create_index("watch_hits_article", "watch_hits", ["article_id"])
    op.create_index(
        "watch_hits_open",
        "watch_hits",
        ["not_before"],
        sqlite_where=sa.text("alerted_at IS NULL"),
        postgresql_where=sa.text("alerted_at IS NULL"),
    )
    op.create_index("watch_hits_story", "watch_hits", ["story_id"])


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
