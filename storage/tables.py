"""All tables, for SQLite and PostgreSQL.

UNIQUE constraints prevent duplicates: of an article's key, a profile's slot, a subscriber's delivery of a
message, an update. The search index is not a table: see `storage.search`.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.times import from_microseconds, to_microseconds


class UtcTime(TypeDecorator[dt.datetime]):
    """Aware datetimes: integer microseconds since 1970 on SQLite (they sort), timestamptz on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Turn an aware moment into its stored form. Raises ValueError on a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value} must not be stored")
        return to_microseconds(value) if dialect.name == "sqlite" else value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        moment: dt.datetime = from_microseconds(value) if dialect.name == "sqlite" else value
        return moment.astimezone(dt.UTC)


def _partial_index(name: str, *columns: Column[Any], where: ColumnElement[bool]) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


metadata = MetaData(naming_convention={"ix": "%(table_name)s_%(column_0_name)s"})


def _table(name: str, *items: SchemaItem) -> Table:
    return Table(name, metadata, *items)


_RowId = BigInteger().with_variant(Integer, "sqlite")
_Version = Integer().with_variant(SmallInteger, "sqlite")  # on SQLite both hold any number

stories = _table(
    "stories",
    Column("id", _RowId, primary_key=True),
    Column("created_at", UtcTime, nullable=False),
)

articles = _table(
    "articles",
    Column("id", _RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the identity: see storage.identity
    Column("external_id", Text, nullable=False, index=True),
    Column("url", Text),
    Column("source", Text, nullable=False),
    Column("category", Text),  # the topic as its row or feed names it
    Column("topic_by_words", Text),  # a built-in topic's name: see summarizer.topics
    Column("topic", Text),  # the newsroom's name of the topic, for all uses: see storage.processing.processed
    Column("title", Text, nullable=False),
    Column("sapo", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("published_at", UtcTime, index=True),
    Column("published_precision", Text),
    Column("stored_at", UtcTime, nullable=False, index=True),
    Column("updated_at", UtcTime, nullable=False),
    Column("text_hash", Text, nullable=False),  # of the normalised text: same hash, same article
    Column("version", _Version, nullable=False),
    Column("advertorial", Boolean, nullable=False),
    Column("story_id", ForeignKey("stories.id", ondelete="SET NULL"), index=True),
    Column("processed_at", UtcTime, index=True),  # null: waits to be summarised, grouped and indexed
    Column("tries", SmallInteger, nullable=False, server_default="0"),  # to process it: see storage.sources
    Column("ready_at", UtcTime, index=True),  # when it was first processed; digests may have it from then on
    Column("speaker", Text),  # the declared source of the present text; null before schema 0021
    Column("standing", Text),  # host | elsewhere | files: see storage.identity
    Column(
        "turn", BigInteger, index=True
    ),  # the last, of grouping; null before schema 0290: see storage.processing
)
Index("articles_source", articles.c.source, articles.c.id)
_is_waiting = articles.c.processed_at.is_(None)
_partial_index("articles_waiting", articles.c.id, where=_is_waiting)
# Sources take turns: see storage.processing.article_turns.find_next.
_partial_index("articles_waiting_turns", articles.c.source, articles.c.id, where=_is_waiting)

article_versions = _table(
    "article_versions",
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("version", _Version, primary_key=True),
    Column("title", Text, nullable=False),
    Column("sapo", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("replaced_at", UtcTime, nullable=False),
)

headline_changes = _table(  # headlines changed after they were sent: see storage.delivery.corrections
    "headline_changes",
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("version", _Version, primary_key=True),  # of the text that bore the old headline
    Column("changed_at", UtcTime, nullable=False),
    Column("told_at", UtcTime),  # when it was reported to the admins
)
_partial_index(
    "headline_changes_untold", headline_changes.c.changed_at, where=headline_changes.c.told_at.is_(None)
)

# A summary is stored as places only. Its text is cut out of the article, so the two cannot differ.
summary_places = _table(
    "summary_places",
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("field", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
)

# The form of an article for grouping. With it a new process need not read texts: summarizer.stories.grouping.
packed_articles = _table(
    "packed_articles",
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", Text, nullable=False),  # of the code and data that packed it; others are invalid
    Column("packed", LargeBinary, nullable=False),
)

article_turns = (
    _table(  # the articles in work, in the order of grouping: see storage.processing.article_turns
        "article_turns",
        Column("turn", BigInteger, primary_key=True, autoincrement=False),
        Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
        Column("version", _Version, nullable=False),  # of the text that is worked on
        Column("owner", Text),  # the process that works on it; null: none does
        Column("claimed_until", UtcTime),
        Column("answer", LargeBinary),  # the results of the language work; null: not known yet
    )
)

grouping_state = _table(  # one row: the last turn that was given, and the horizon of grouping
    "grouping_state",
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_turn", BigInteger, nullable=False),
    Column("last_source", Text),  # whose articles got turns last
    Column("horizon_turn", BigInteger, nullable=False, server_default="0"),
    Column("horizon_first", BigInteger, nullable=False, server_default="0"),
    Column("horizon_since", UtcTime),
)

intake_files = _table(
    "intake_files",
    Column("source", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

refusals = _table(
    "refusals",
    Column("source", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("link", Text),  # the article's own address; null where it names none, and before schema 0250
)

set_aside_texts = _table(  # texts that crashed the process that cleaned them; they are not tried again
    "set_aside_texts",
    Column("hash", Text, primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
)

web_sources = _table(  # the state of each polled source; `storage.sources` explains the columns
    "web_sources",
    Column("source", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("next_at", UtcTime, nullable=False),
    Column("tried_at", UtcTime),
    Column("fetched_at", UtcTime),
    Column("new_at", UtcTime),
    Column("gap_seconds", Integer),
    Column("items", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("trouble", Text),
    Column("detail", Text, nullable=False),
    Column("moved_to", Text),
    Column("told", JSON, nullable=False),
    Column("date_order", Text),
    Column("elsewhere", Integer, nullable=False, server_default="0"),
    Column("left_out", Integer, nullable=False, server_default="0"),
)

profiles = _table(
    "profiles",
    Column("id", _RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the choices below as canonical JSON
    Column("edition", Text, nullable=False),
    Column("more_editions", Text, nullable=False, server_default=""),  # further ones: names, spaces between
    Column("topics", JSON, nullable=False),  # [] = all that the edition carries
    Column("times", JSON, nullable=False),  # ["06:30"]; [] = the edition's own
    Column("days", JSON, nullable=False),  # [0..6], 0 = Monday; [] = the edition's own
    Column("zone", Text),  # null = the edition's own
    Column("next_due_at", UtcTime, index=True),  # null: no active subscribers
    Column("last_slot_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("length", Text, nullable=False, server_default="vua"),  # gon | vua | daydu
    Column("words_out", JSON, nullable=False, server_default="[]"),  # muted words, as typed
    Column("words_in", JSON, nullable=False, server_default="[]"),  # wanted words
    Column("sources_out", JSON, nullable=False, server_default="[]"),  # names of muted sources
    Column("sources_in", JSON, nullable=False, server_default="[]"),
    Column("figures", JSON, nullable=False, server_default="[]"),  # labels of those on top of the digest
    Column("tastes", JSON, nullable=False, server_default="[]"),  # [[kind, key, weight]]: storage.reactions
    Column("variant_of", BigInteger),  # its issues are for readers of that profile who know other stories
)
_partial_index("profiles_variant_of", profiles.c.variant_of, where=profiles.c.variant_of.is_not(None))

subscribers = _table(
    "subscribers",
    Column("id", _RowId, primary_key=True),
    Column("chat_id", BigInteger, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # private | group | supergroup | channel
    Column("status", Text, nullable=False),  # active | paused | gone
    Column("status_reason", Text),
    Column("profile_id", ForeignKey("profiles.id"), nullable=False),
    Column("quiet_start", SmallInteger, nullable=False),  # minutes after local midnight; equal to end = off
    Column("quiet_end", SmallInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("thread_id", BigInteger),  # the forum topic of a group for its messages
    Column("previous_profile_id", BigInteger),  # for undoing the last change
    Column("held_until", UtcTime),  # Telegram's "Too Many Requests" for this chat: nothing is sent before
    Column("told_at", UtcTime),  # when its problem, a long wait or lost rights, was reported to the admins
    Column("paused_until", UtcTime),  # the end of the pause; null: none is set, or there is no pause
    Column("silent", Boolean, nullable=False, server_default=false()),  # digests come without a sound
    Column("paused_at", UtcTime),  # the start of the pause; null: unknown, or there is no pause
    Column("joined_at", UtcTime),  # since then it gets its profile's issues; null: since before schema 0105
    Column("away_since", UtcTime),  # the start of a past pause whose recap has not been sent
    Column("weekly_at", UtcTime),  # the next weekly recap; null: none is wanted
    Column("breaking", SmallInteger, nullable=False, server_default="0"),  # 0 no, 1 yes, 2 in quiet hours too
    Column("breaking_at", UtcTime),  # the last breaking news
)
_partial_index("subscribers_breaking", subscribers.c.id, where=subscribers.c.breaking > 0)
for _name in ("away_since", "weekly_at", "joined_at", "paused_until"):
    _partial_index(f"subscribers_{_name}", subscribers.c[_name], where=subscribers.c[_name].is_not(None))
Index("subscribers_profile", subscribers.c.profile_id, subscribers.c.status, subscribers.c.id)
_partial_index("subscribers_held", subscribers.c.held_until, where=subscribers.c.held_until.is_not(None))

issues = _table(
    "issues",
    Column("id", _RowId, primary_key=True),
    Column("profile_id", ForeignKey("profiles.id"), nullable=False),
    Column("edition", Text, nullable=False),
    Column("slot_at", UtcTime, nullable=False, index=True),
    Column("window_start", UtcTime, nullable=False),
    Column("status", Text, nullable=False),  # an IssueStatus
    Column("reason", Text),
    Column("made_at", UtcTime, nullable=False),
    UniqueConstraint("profile_id", "slot_at"),
)

issue_stories = _table(
    "issue_stories",
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("part", SmallInteger),  # of the issue, from 0; null before schema 0004
    Column("headline", Text),
    Column("rank", SmallInteger),  # by importance among all candidates of the issue, from 1
)
Index("issue_stories_story", issue_stories.c.story_id)

figures = _table(  # daily figures, the latest of each source: see storage.figures
    "figures",
    Column("source", Text, primary_key=True),
    Column("label", Text, primary_key=True),  # its name, and its place if it has one
    Column("position", SmallInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("value", Text, nullable=False),  # as readers see it
    Column("unit", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

story_lists = _table(  # stories for which a digest had no room: see storage.reactions
    "story_lists",
    Column("id", _RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # a hash of the stories in their order
    Column("story_ids", JSON, nullable=False),  # the most important first
    Column("made_at", UtcTime, nullable=False, index=True),  # or used last
)

shown_stories = _table(  # stories that a chat saw outside its profile's issues: see storage.shown_stories
    "shown_stories",
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("shown_at", UtcTime, nullable=False, index=True),  # reports that were ready by then are known
)
Index("shown_stories_story", shown_stories.c.story_id)

breaking_stories = _table(  # a story that is breaking news, once: see storage.alerts.breaking
    "breaking_stories",
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", BigInteger, nullable=False),  # the article of its headline
    Column("papers", SmallInteger, nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("reached", BigInteger, nullable=False),  # the last subscriber who was checked
    Column("done_at", UtcTime),  # null: some subscribers are not checked yet
)
Index("breaking_stories_article", breaking_stories.c.article_id)
_partial_index(
    "breaking_stories_open", breaking_stories.c.found_at, where=breaking_stories.c.done_at.is_(None)
)

corrections = _table(
    "corrections",
    Column("id", _RowId, primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),  # null: a draft, which only the operator has seen
)
Index("corrections_story", corrections.c.story_id)

messages = _table(  # the outbox: each message once for all its readers; see storage.delivery.messages
    "messages",
    Column("id", _RowId, primary_key=True),
    Column("kind", Text, nullable=False),  # a MessageKind
    Column("html", Text, nullable=False),
    Column("buttons", JSON, nullable=False),  # rows of [label, callback data]
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE")),  # of a digest
    Column("part", SmallInteger, nullable=False),  # of the issue, from 0
    Column("correction_id", ForeignKey("corrections.id", ondelete="SET NULL")),
    Column("after_id", ForeignKey("messages.id", ondelete="SET NULL")),  # a reader gets that one first
    Column("preview_url", Text),  # the page whose picture is above the text
    Column("made_at", UtcTime, nullable=False, index=True),
    Column("silent", Boolean, nullable=False, server_default=false()),  # comes without a sound
    Column("called_off", Boolean, nullable=False, server_default=false()),  # waiting deliveries are not sent
    UniqueConstraint("issue_id", "part"),
)
Index("messages_correction", messages.c.correction_id)
Index("messages_after", messages.c.after_id)

deliveries = _table(  # the ledger: one row for each message and subscriber
    "deliveries",
    Column("id", _RowId, primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("status", Text, nullable=False),  # a DeliveryStatus
    Column("not_before", UtcTime, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("telegram_id", BigInteger),  # Telegram's number of the message in the subscriber's chat
    Column("reason", Text),
    Column("changed_at", UtcTime, nullable=False),
    Column("sender", Text),  # the process that is sending it; null in every other status
    UniqueConstraint("subscriber_id", "message_id"),
)
# The index has the order of sending, so that claims need not sort.
_partial_index(
    "deliveries_open",
    deliveries.c.tries,
    deliveries.c.not_before,
    deliveries.c.id,
    where=deliveries.c.status == "pending",
)
Index("deliveries_status", deliveries.c.status, deliveries.c.changed_at)
Index("deliveries_message", deliveries.c.message_id, deliveries.c.status)

delivery_counts = _table(  # of finished deliveries, kept by a trigger: see storage.delivery.states
    "delivery_counts",
    Column("kind", Text, primary_key=True),
    Column("edition", Text, primary_key=True),  # "" where the message is no part of an issue
    Column("slot_at", UtcTime, primary_key=True, index=True),  # there when the message was made
    Column("sent", Integer, nullable=False),
    Column("late", Integer, nullable=False),  # of those sent
    Column("gone", Integer, nullable=False),
    Column("refused", Integer, nullable=False),  # of those gone, as the departed
    Column("departed", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),  # of those sent and unknown
)

watches = _table(  # questions that alert
    "watches",
    Column("id", _RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),  # the question in the form in which two are the same
    Column("text", Text, nullable=False),  # as typed
    Column("made_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False, index=True),
    Column("removed_at", UtcTime),  # kept for a day after, so that removing can be undone
    UniqueConstraint("subscriber_id", "key"),
)

watch_hits = _table(  # stories that were found for watches, each once for a watch
    "watch_hits",
    Column("watch_id", ForeignKey("watches.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("found_at", UtcTime, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("alerted_at", UtcTime, index=True),  # null: waits for an alert
)
Index("watch_hits_story", watch_hits.c.story_id)
Index("watch_hits_article", watch_hits.c.article_id)
_partial_index("watch_hits_open", watch_hits.c.not_before, where=watch_hits.c.alerted_at.is_(None))

saved_stories = _table(  # stories that a chat keeps for later: see storage.reactions
    "saved_stories",
    Column("id", _RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("article_id", BigInteger, nullable=False),  # which may be gone
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("saved_at", UtcTime, nullable=False, index=True),
    Column("read_at", UtcTime),  # kept for a day after, so that it can be put back
    UniqueConstraint("subscriber_id", "article_id"),
)

follows = _table(  # stories whose news a chat gets at once: see storage.alerts.follows
    "follows",
    Column("id", _RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("article_id", BigInteger, nullable=False),  # of the story; it may be gone
    Column("title", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("told_at", UtcTime, nullable=False),  # the chat knows the story up to then
    Column("news_at", UtcTime, nullable=False),  # the last news, or the beginning
    Column("due_at", UtcTime),  # when new reports are due to be sent; null: there are none
    Column("removed_at", UtcTime),  # kept for a day after, so that removing can be undone
    UniqueConstraint("subscriber_id", "article_id"),
)
Index("follows_article", follows.c.article_id)
_partial_index("follows_due", follows.c.due_at, where=follows.c.due_at.is_not(None))

taught_stories = _table(  # reactions of chats to stories: see storage.reactions
    "taught_stories",
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("article_id", BigInteger, primary_key=True),  # which may be gone
    Column("liking", SmallInteger, nullable=False),  # 1: more, -1: less
    Column("traits", JSON, nullable=False),  # [[kind, key]] of the story
    Column("taught_at", UtcTime, nullable=False),
)

tastes = _table(  # the sums of reactions: see storage.reactions
    "tastes",
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),  # topic | paper | person | word
    Column("key", Text, primary_key=True),
    Column("weight", SmallInteger, nullable=False),  # above 0: more of it
)

questions = _table(
    "questions",
    Column("id", _RowId, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("article_ids", JSON, nullable=False),  # best first, at most 50, for the pages of the list
    Column("asked_at", UtcTime, nullable=False, index=True),
    Column("message_id", BigInteger),  # the message of the question; null: no longer known
    Column("kept", JSON),  # results of the search beside the articles: see storage.conversations
)
Index("questions_chat", questions.c.chat_id)
Index("questions_message", questions.c.chat_id, questions.c.message_id, unique=True)

updates = _table(
    "updates",
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("payload", Text),  # JSON; null once it is handled: the row then only keeps the number
    Column("received_at", UtcTime, nullable=False),
    Column("failure", Text),  # why it cannot be read; such an update is not tried again
    # The next columns are for updates that several processes share: see storage.chat_claims.
    Column("chat_id", BigInteger),  # the chat, else the person, whose updates are handled in order; 0: none
    Column("person_id", BigInteger),  # the sender
    Column("tries", SmallInteger, nullable=False, server_default="0"),  # processes that died at it
)
_partial_index("updates_waiting", updates.c.update_id, where=updates.c.payload.is_not(None))
_partial_index(
    "updates_of_chat", updates.c.chat_id, updates.c.update_id, where=updates.c.chat_id.is_not(None)
)

chat_claims = _table(  # which process handles the updates of a chat: see storage.chat_claims
    "chat_claims",
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False),
)

admissions = _table(  # counts for the limits of askers, for an hour: see storage.admissions
    "admissions",
    Column("guard", Text, primary_key=True),  # what is counted: questions, taps ...
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("other_id", BigInteger, primary_key=True, autoincrement=False),  # a person, a card; 0: the chat
    Column("moments", JSON, nullable=False),  # seconds since 1970, oldest first
    Column("refused_at", UtcTime),
    Column("changed_at", UtcTime, nullable=False),
)

notes = _table(  # small values that must survive a restart, such as the time of the last prune
    "notes",
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

leases = _table(  # the process that may act for a bot or in a role: see storage.processes.leases
    "leases",
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

processes = _table(  # the processes that work with the database: see storage.processes.registry
    "processes",
    Column("name", Text, primary_key=True),
    Column("bot", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("active", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("newsroom", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

senders = (
    _table(  # processes that send for a bot, each with a share of the rate: see storage.delivery.senders
        "senders",
        Column("name", Text, primary_key=True),  # of the token's lease
        Column("owner", Text, primary_key=True),
        Column("places", Integer, nullable=False),
        Column("wanted", Integer, nullable=False),
        Column("expires_at", UtcTime, nullable=False),
    )
)

conversations = _table(  # the state of a chat: see storage.conversations
    "conversations",
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("awaited", Text),  # a command sent without words; the next message has them
    Column("question_id", BigInteger),  # the question whose list the chat saw last
    Column("page", SmallInteger, nullable=False, server_default="0"),  # of that list, counted from 0
    Column("expires_at", UtcTime, nullable=False),  # the end of the wait
)

article_changes = _table(  # the log of changes for the search index: see storage.search.generation
    "article_changes",
    Column("id", _RowId, primary_key=True),
    Column("article_id", BigInteger, nullable=False),  # which may be gone
    Column("transaction_id", BigInteger, nullable=False),  # of PostgreSQL; 0 on SQLite, with its one writer
    Column("mark", BigInteger, nullable=False),  # random: distinguishes this log from that of a back-up
)
Index("article_changes_order", article_changes.c.transaction_id, article_changes.c.id)

deeds = _table(  # the operators' audit log, for a year: see storage.notes
    "deeds",
    Column("id", _RowId, primary_key=True),
    Column("done_at", UtcTime, nullable=False, index=True),
    Column("admin", BigInteger, nullable=False),  # the operator's number at Telegram
    Column("kind", Text, nullable=False),  # an AuditKind
    Column("detail", Text, nullable=False),
)

announcements = _table(  # texts of operators for all readers: see storage.delivery.announcements
    "announcements",
    Column("id", _RowId, primary_key=True),
    Column("admin", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("edition", Text),  # its readers only; null: all
    Column("silent", Boolean, nullable=False),
    Column("made_at", UtcTime, nullable=False, index=True),
    Column("confirmed_at", UtcTime),  # null: a draft, which only operators have seen
    Column("message_id", BigInteger),  # of the outbox, once it is confirmed
)

gates = _table(  # the approval of an edition's slot: see storage.delivery.gates
    "gates",
    Column("id", _RowId, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("slot_at", UtcTime, nullable=False),
    Column("opened_at", UtcTime, nullable=False),  # its issues have the articles that were ready by then
    Column("ends_at", UtcTime, nullable=False),  # the end of the wait for an answer
    Column("waits", Boolean, nullable=False),  # its issues are not sent without an answer
    Column("answer", Text),  # a GateAnswer; null: none yet
    Column("admin", BigInteger),  # the operator who gave it
    Column("revision", Integer, nullable=False, server_default="0"),  # grows with each change
    Column("closed_at", UtcTime),  # null: some of its issues wait
    Column("sent", Boolean, nullable=False, server_default=false()),  # once it is closed: whether it went out
    UniqueConstraint("edition", "slot_at"),
)
_partial_index("gates_open", gates.c.slot_at, where=gates.c.closed_at.is_(None))

gate_drops = _table(  # stories that an operator took out of a gate's issues
    "gate_drops",
    Column("gate_id", ForeignKey("gates.id", ondelete="CASCADE"), primary_key=True),
    Column("story_id", BigInteger, primary_key=True, autoincrement=False),
    Column("headline", Text, nullable=False),
    Column("article_ids", JSON, nullable=False),  # of the story then; it may be joined with another since
    Column("admin", BigInteger, nullable=False),
    Column("dropped_at", UtcTime, nullable=False),
)

gate_notices = _table(  # the message that shows an operator a gate
    "gate_notices",
    Column("gate_id", ForeignKey("gates.id", ondelete="CASCADE"), primary_key=True),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),  # of the gate that it shows
)

prepared_readers = _table(  # readers who get another issue than that of their profile, or none
    "prepared_readers",
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("variant_id", BigInteger),  # the issue that they get; null: nothing
)
Index("prepared_readers_subscriber", prepared_readers.c.subscriber_id)
_partial_index(
    "prepared_readers_variant",
    prepared_readers.c.variant_id,
    where=prepared_readers.c.variant_id.is_not(None),
)

fanouts = _table(  # issues of very many readers, who are queued in parts: see storage.delivery.fanouts
    "fanouts",
    Column("issue_id", ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("zone", Text, nullable=False),  # in which quiet hours count
    Column("queued_at", UtcTime, nullable=False),  # when the slot was made
    Column("reached", BigInteger, nullable=False),  # the last subscriber who was checked
)

message_fanouts = _table(  # what operators write to very many readers: see storage.delivery.message_fanouts
    "message_fanouts",
    Column("id", _RowId, primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), unique=True),  # an announcement
    Column("correction_id", ForeignKey("corrections.id", ondelete="CASCADE"), unique=True),
    Column("edition", Text),  # of an announcement: its readers only; null: all
    Column("queued_at", UtcTime, nullable=False),  # when it was confirmed
    Column("reached", BigInteger, nullable=False),  # the last subscriber who was checked
)
