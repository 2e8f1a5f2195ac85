"""The state of the emulator: users, chats, messages, files, the queue of updates, and counts.

A world has one bot. Every well-formed token that is not revoked is a token of this bot; the number before the
colon is the bot's id.
"""

import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.emulator.chats.messages import Attachment, Keyboard, Message, Version
from bot.emulator.chats.people import Chat, ChatType, Profile, User
from bot.emulator.markup.entities import FormattedText
from bot.emulator.refusals import Faults, RateLimits, Rates
from bot.emulator.update_queue import Signal, UpdateQueue


@dataclass(slots=True)
class Stats:
    """Counts of calls and answers since the start or the last reset; a status is a code, or `cut`."""

    statuses: Counter[str] = field(default_factory=Counter)
    by_method: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_chat: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    accepted: Counter[int] = field(default_factory=Counter)

    def count(self, method: str, status: str, chat_id: int | None) -> None:
        """Count one call of `method`, spelt as in the documentation, and its answer."""
        self.statuses[status] += 1
        self.by_method[method][status] += 1
        if chat_id is not None:
            self.by_chat[chat_id][status] += 1

    def as_json(self) -> dict[str, Any]:
        """Return all counts; `accepted` are messages in a chat, even if the bot got no answer."""
        return {
            "calls": sum(self.statuses.values()),
            "statuses": dict(self.statuses),
            "methods": {
                name: {"calls": sum(row.values()), "statuses": dict(row)}
                for name, row in self.by_method.items()
            },
            "chats": {
                str(chat_id): {"accepted": self.accepted[chat_id], "statuses": dict(self.by_chat[chat_id])}
                for chat_id in sorted(self.by_chat.keys() | self.accepted.keys())
            },
            "accepted": sum(self.accepted.values()),
        }


# Telegram takes 50 MB from a bot; here the limit saves memory.
MAX_FILE_BYTES = 20_000_000
MAX_STORED_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart body."""

    file_name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class FileStore:
    """Files by id, oldest first."""

    _files: dict[str, Upload] = field(default_factory=dict)
    _bytes: int = 0
    _stored: int = 0

    def store(self, upload: Upload) -> str:
        """Store `upload` and return its file id; remove the oldest files beyond `MAX_STORED_BYTES`."""
        self._stored += 1
        file_id = f"file{self._stored:06d}"
        self._files[file_id] = upload
        self._bytes += len(upload.content)
        while self._bytes > MAX_STORED_BYTES:
            oldest = next(iter(self._files))
            self._bytes -= len(self._files.pop(oldest).content)
        return file_id

    def find(self, file_id: str) -> Upload | None:
        return self._files.get(file_id)


# Beyond 32 bits, as ids of real users are.
BOT_ID_BEFORE_FIRST_CALL = 1_000_000_001
FIRST_USER_ID = 7_000_000_001
FIRST_SUPERGROUP_NUMBER = 2_000_000_001
FIRST_GROUP_NUMBER = 4_000_001


@dataclass(slots=True)
class Callback:
    """A tapped button; `answer` is the bot's answer, None before there is one."""

    id: str
    chat: Chat
    asked_at: float
    answer: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result of an inline query: its looks in the list, and the message to send."""

    id: str
    shown: dict[str, Any]
    content: FormattedText
    keyboard: Keyboard
    link_preview_options: dict[str, Any] | None


@dataclass(slots=True)
class InlineQuery:
    """Words typed after the bot's name and the bot's answer; with `chat`, a guest's question asked there."""

    id: str
    user: User
    asked_at: float
    chat: Chat | None = None
    answer: dict[str, Any] | None = None
    results: list[InlineResult] = field(default_factory=list)


@dataclass(slots=True)
class World:
    """The state of one emulator. `clock` returns Unix seconds for dates, `monotonic` seconds for limits."""

    bot: User = field(
        default_factory=lambda: User(BOT_ID_BEFORE_FIRST_CALL, "Điểm Tin", "diemtin_bot", is_bot=True)
    )
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    rates: Rates = field(default_factory=Rates)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    messages: dict[int, dict[int, Message]] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    callback_seconds: float = 60.0
    inline_queries: dict[str, InlineQuery] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    webhook: dict[str, Any] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    files: FileStore = field(default_factory=FileStore)
    stats: Stats = field(default_factory=Stats)
    changed: Signal = field(default_factory=Signal)
    version: int = 0
    is_closed: bool = False
    limits: RateLimits = field(init=False)
    _numbers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.limits = RateLimits(self.monotonic, self.rates)

    @property
    def now(self) -> int:
        return int(self.clock())

    def next_number(self, series: str, first: int = 1) -> int:
        """Return the next number of `series`, which begins with `first`."""
        number = self._numbers.get(series, first)
        self._numbers[series] = number + 1
        return number

    def next_message_id(self, chat: Chat) -> int:
        return self.next_number(f"message {chat.id}")

    def add_user(self, user: User) -> Chat:
        """Add a user, or rename a known one, and return the private chat, which has the user's id."""
        self.users[user.id] = user
        chat = self.chats.setdefault(user.id, Chat(user.id, "private"))
        chat.user = user
        self.touch_list()
        return chat

    def new_user_id(self) -> int:
        while (number := self.next_number("user", FIRST_USER_ID)) in self.users:
            continue
        return number

    def add_group(self, title: str, kind: ChatType) -> Chat:
        """Add a group or channel; supergroups and channels have ids from -1002000000001 down."""
        if kind == "group":
            chat_id = -self.next_number("group", FIRST_GROUP_NUMBER)
        else:
            chat_id = -1_000_000_000_000 - self.next_number("supergroup", FIRST_SUPERGROUP_NUMBER)
        return self.chats.setdefault(chat_id, Chat(chat_id, kind, title))

    def history(self, chat: Chat) -> dict[int, Message]:
        """Return the messages of `chat` by id, oldest first, deleted ones too."""
        return self.messages.setdefault(chat.id, {})

    def find_message(self, chat: Chat, message_id: int) -> Message | None:
        """Find a message that is not deleted."""
        message = self.history(chat).get(message_id)
        return None if message is None or message.is_deleted else message

    def post(
        self,
        chat: Chat,
        sender: User | None,
        content: FormattedText,
        *,
        keyboard: Keyboard | None = None,
        attachment: Attachment | None = None,
        topic: Message | None = None,
    ) -> Message:
        """Put a new message into `chat` and wake the waiters."""
        version = Version(content, keyboard or [], self.now, attachment)
        message = Message(
            self.next_message_id(chat), chat, sender, [version], from_bot=sender is self.bot, topic=topic
        )
        self.history(chat)[message.message_id] = message
        self.touch(chat)
        return message

    def show(
        self,
        message: Message,
        content: FormattedText,
        keyboard: Keyboard,
        attachment: Attachment | None = None,
    ) -> None:
        """Add a new version of `message`; the attachment stays unless it is replaced."""
        shown = Version(content, keyboard, self.now, attachment or message.attachment)
        message.versions.append(shown)
        self.touch(message.chat)

    def delete(self, message: Message) -> None:
        """Delete `message`, and unpin it."""
        message.is_deleted = True
        if message.message_id in message.chat.pinned:
            message.chat.pinned.remove(message.message_id)
        self.touch(message.chat)

    def touch(self, chat: Chat) -> None:
        """Raise the version of `chat` and of the world."""
        chat.version += 1
        self.touch_list()

    def touch_list(self) -> None:
        self.version += 1
        self.changed.set()

    def add_callback(self, chat: Chat) -> Callback:
        """Open a callback query from `chat`."""
        callback = Callback(str(secrets.randbits(62)), chat, self.monotonic())
        self.callbacks[callback.id] = callback
        return callback

    def find_open_callback(self, callback_id: str) -> Callback | None:
        """Find a callback query that has no answer and is not too old for one."""
        callback = self.callbacks.get(callback_id)
        return callback if callback and self._is_open(callback) else None

    def add_inline(self, user: User, chat: Chat | None = None) -> InlineQuery:
        """Open an inline query of `user`, or a guest's question in `chat`."""
        query = InlineQuery(str(secrets.randbits(62)), user, self.monotonic(), chat)
        self.inline_queries[query.id] = query
        return query

    def find_open_inline(self, query_id: str) -> InlineQuery | None:
        """Find an inline query that has no answer and is not too old for one."""
        query = self.inline_queries.get(query_id)
        return query if query and self._is_open(query) else None

    def _is_open(self, query: Callback | InlineQuery) -> bool:
        return query.answer is None and self.monotonic() - query.asked_at <= self.callback_seconds

    def close(self) -> None:
        """Wake all waiters for good."""
        self.is_closed = True
        self.updates.close()
        self.changed.set()
