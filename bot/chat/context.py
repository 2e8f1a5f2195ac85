"""One message or tap while it is being answered: its chat, its person, and the ways to answer.

Other modules decide what to show; only this one calls Telegram to show it.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Self

from telegram import Bot, CallbackQuery, Chat, InlineKeyboardMarkup, InputFile, Message, ReplyParameters, User
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.chat.buttons.channel_buttons import for_channel, without_channel, without_styles
from bot.messages import texts
from bot.messages.markup import NO_PREVIEW, preview_options, without_dates
from bot.news.services import Services
from bot.telegram.transport import note_refusal, supported_html


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along; Telegram shows a picture, and offers any other file for saving."""

    name: str
    content: bytes
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """One message. `html` is escaped already, at most 4,096 UTF-16 units once parsed (1,024 with a file).

    Telegram shows the picture of the page `preview_url` above the text.
    """

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    attachment: Attachment | None = None
    preview_url: str | None = None


_PROGRESS_AFTER_SECONDS = 1.5  # an answer in this time needs no "typing…"
_PROGRESS_SECONDS = 4.5  # Telegram shows "typing…" for five
_GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP, ChatType.CHANNEL)


class ChatContext:
    """A message to answer. `words` is its text, without the command if there was one.

    `chat` is the chat whose choices are shown or changed, `place` the chat that gets the answer. They differ
    only for a channel that is set up in its administrator's private chat (`about`).
    """

    def __init__(
        self,
        services: Services,
        bot: Bot,
        chat: Chat,
        *,
        message: Message | None = None,
        user: User | None = None,
        words: str = "",
    ) -> None:
        self.services = services
        self.bot = bot
        self.chat = self.place = chat
        self.heading = ""
        self.message = message
        self.user = user
        self.words = words
        self.zone: str | None = None  # of the chat, once it was looked up for this update

    def about(self, chat: Chat, heading: str) -> Self:
        """Return a context for another chat's choices, shown here under a heading."""
        other = copy(self)
        other.chat, other.heading, other.zone = chat, heading, None
        return other

    def _shown(self, view: View) -> View:
        """Return the view with the heading and buttons that `place` needs."""
        if self.chat is self.place:
            return view
        html = f"{self.heading}\n{view.html}"
        return replace(view, html=html, keyboard=for_channel(view.keyboard, self.chat.id))

    @property
    def chat_id(self) -> int:
        return self.chat.id

    @property
    def now(self) -> dt.datetime:
        """Return the moment, in UTC."""
        return self.services.clock.now()

    @property
    def is_group(self) -> bool:
        """Tell whether this is a group."""
        return self.chat.type in _GROUPS

    @property
    def is_private(self) -> bool:
        """Tell whether one person writes here."""
        return self.chat.type == ChatType.PRIVATE

    @property
    def is_channel(self) -> bool:
        """Tell whether only administrators write here, in the channel's name."""
        return self.chat.type == ChatType.CHANNEL

    @property
    def thread_id(self) -> int | None:
        """Return the forum topic of the message; None where there is none."""
        return self.message.message_thread_id if self.message and self.message.is_topic_message else None

    @property
    def sender_chat(self) -> Chat | None:
        """Return the chat in whose name the message was written; None if a person wrote it as themselves."""
        return self.message.sender_chat if self.message else None

    @property
    def sender_id(self) -> int:
        """Return the number of the person, or of the chat in whose name they write; 0 if neither is known."""
        sender = self.sender_chat or self.user
        return sender.id if sender else 0

    @property
    def whom(self) -> str:
        """Return what texts call the owner of these choices: "bạn" or "nhóm này"."""
        return texts.THIS_GROUP if self.is_group else texts.YOU

    @property
    def is_operator(self) -> bool:
        return self.chat_id in self.services.admins

    async def send(self, view: View) -> None:
        """Send `view` as a new message; in a group as a reply to the asker."""
        await self._send(view, self._reply_to())

    async def _send(self, view: View, reply_to: ReplyParameters | None) -> None:
        view = self._shown(view)
        common: dict[str, Any] = {
            "chat_id": self.place.id,
            "parse_mode": ParseMode.HTML,
            "reply_markup": view.keyboard,
            "reply_parameters": reply_to,
            "message_thread_id": self.thread_id,
        }
        async with self._showing_progress():
            if view.attachment is None:
                await self._send_text(view, common)
                return
            file = InputFile(view.attachment.content, filename=view.attachment.name)
            if view.attachment.is_picture:
                await self.bot.send_photo(photo=file, caption=view.html, **common)
            else:
                await self.bot.send_document(document=file, caption=view.html, **common)

    async def _send_text(self, view: View, common: dict[str, Any]) -> None:
        """Send a text; if Telegram refuses picture, dates or button colours, send it again without them."""
        options, known = preview_options(view.preview_url), supported_html(self.bot, view.html)
        try:
            await self.bot.send_message(text=known, link_preview_options=options, **common)
        except BadRequest as error:
            note_refusal(self.bot, error)
            bare, html = without_styles(view.keyboard), without_dates(known)
            if view.preview_url is None and bare == view.keyboard and html == known:
                raise
            common["reply_markup"] = bare
            await self.bot.send_message(text=html, link_preview_options=NO_PREVIEW, **common)

    async def show(self, view: View) -> None:
        """Show `view` as a new message."""
        await self.send(view)

    async def refuse(self, html: str) -> None:
        """Say why it cannot be done: as a message, or, if `html` has no tags, over a tapped button."""
        await self.send(View(html))

    async def show_progress(self, action: ChatAction = ChatAction.TYPING) -> None:
        """Show that an answer is being made: written, or drawn."""
        with contextlib.suppress(TelegramError):  # the answer must not fail with it
            await self.bot.send_chat_action(self.place.id, action, message_thread_id=self.thread_id)

    @contextlib.asynccontextmanager
    async def _showing_progress(self) -> AsyncIterator[None]:
        """Show progress while a message waits: the rate limit gives a busy group one in four seconds."""
        showing = asyncio.create_task(self._keep_showing_progress())
        try:
            yield
        finally:
            showing.cancel()

    async def _keep_showing_progress(self) -> None:
        await asyncio.sleep(_PROGRESS_AFTER_SECONDS)
        while True:
            await self.show_progress()
            await asyncio.sleep(_PROGRESS_SECONDS)

    def _reply_to(self) -> ReplyParameters | None:
        if self.message is None or not self.is_group or self.chat is not self.place:
            return None
        return ReplyParameters(self.message.message_id, allow_sending_without_reply=True)


class ButtonContext(ChatContext):
    """A tapped button to answer. Telegram shows it as busy until `acknowledge`."""

    def __init__(self, services: Services, bot: Bot, chat: Chat, query: CallbackQuery) -> None:
        message = query.message if isinstance(query.message, Message) else None
        super().__init__(services, bot, chat, message=message, user=query.from_user)
        self._query = query
        self._is_acknowledged = False

    @property
    def sender_chat(self) -> None:
        """Return None: a button is always tapped in a person's own name."""
        return None

    @property
    def message_id(self) -> int:
        """Return the number of the message with the button; 0 when Telegram does not tell."""
        return self._query.message.message_id if self._query.message else 0

    async def show(self, view: View) -> None:
        """Show `view` in place of the message with the button; as a new message if that cannot be edited."""
        if self.message is None:
            await self.send(view)
            return
        shown = self._shown(view)
        for html in dict.fromkeys((supported_html(self.bot, shown.html), without_dates(shown.html))):
            try:
                await self.message.edit_text(
                    html,
                    parse_mode=ParseMode.HTML,
                    reply_markup=shown.keyboard,
                    link_preview_options=NO_PREVIEW,
                )
                return
            except BadRequest as error:
                note_refusal(self.bot, error)
                if "message is not modified" in error.message.lower():
                    return
        await self.send(view)

    async def reply(self, view: View) -> None:
        """Send `view` as a new message that replies to the one with the button."""
        replied = ReplyParameters(self.message_id, allow_sending_without_reply=True)
        await self._send(view, replied if self.message_id else None)

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """Return the buttons of the tapped message, if Telegram gives them."""
        keyboard = self.message.reply_markup if self.message else None
        return keyboard if self.chat is self.place else without_channel(keyboard)

    async def show_buttons(self, keyboard: InlineKeyboardMarkup) -> None:
        """Replace the buttons under the message; a message that cannot be edited keeps its own."""
        if self.message is not None:
            shown = self._shown(View("", keyboard)).keyboard
            with contextlib.suppress(BadRequest):
                await self.message.edit_reply_markup(shown)

    async def refuse(self, html: str) -> None:
        """Say it over the button."""
        await self.acknowledge(str(html))

    async def acknowledge(self, line: str | None = None) -> None:
        """End the busy state of the button, with `line` shown over it; only the first call counts."""
        if self._is_acknowledged:
            return
        self._is_acknowledged = True
        await acknowledge(self._query, line)

    def _reply_to(self) -> ReplyParameters | None:
        return None


async def acknowledge(query: CallbackQuery, line: str | None) -> None:
    """End the busy state of a button, with `line` over it; a tap that is too old is ignored."""
    try:
        await query.answer(line)
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise


Handler = Callable[[ChatContext], Awaitable[None]]
ButtonHandler = Callable[[ButtonContext, Any], Awaitable[None]]  # the second argument is the button's intent
