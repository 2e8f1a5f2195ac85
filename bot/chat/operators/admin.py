"""/quantri: what operators do: preview an edition, send it now, examine the bot, open the console."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from markupsafe import Markup
from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.chat.buttons import keyboards
from bot.chat.buttons.operator_intents import AskToSend, Preview, SendNow
from bot.chat.context import ButtonContext, View
from bot.chat.digest_now import send_digest
from bot.messages import operator_texts, texts
from bot.messages.markup import NO_PREVIEW, one_line, shortened
from bot.messages.spoken import say_number
from bot.news.services import Services
from storage.notes import AuditKind, find_note, record_audit_entry, write_note
from storage.profiles import count_by_profile, find_profiles

_LONGEST_ANSWER = 150  # UTF-16 units
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AdminActions:
    """Actions that other parts of the bot carry out for the chat.

    `send_now` takes an edition's name and returns the number of messages queued. `call_off` stops what is
    being sent to a chat whose data was deleted. `find_clock_problem` says what is wrong with the machine's
    clock, if anything is. `invite` makes a link to the console for an operator; None if no console is served.
    `act_on_gates` acts on an answer at a gate at once.
    """

    send_now: Callable[[str], Awaitable[int]]
    set_paused: Callable[[bool], Awaitable[None]]
    is_paused: Callable[[], Awaitable[bool]]
    call_off: Callable[[int], Awaitable[None]]
    find_clock_problem: Callable[[], Awaitable[str | None]]
    invite: Callable[[int], Awaitable[str]] | None
    act_on_gates: Callable[[], Awaitable[None]]


async def notify_admins(bot: Bot, services: Services, html: str) -> bool:
    """Send `html` to every admin chat; return True if one of them got it, or if there is none.

    A chat that cannot be reached is logged; the others still get the message.
    """
    is_sent = not services.admins
    for chat_id in sorted(services.admins):
        try:
            await send_view(bot, chat_id, View(html))
        except TelegramError as error:
            _log.error("admin not told", chat_id=chat_id, error=str(error))
        else:
            is_sent = True
    return is_sent


async def send_view(bot: Bot, chat_id: int, view: View) -> int:
    """Send `view` to an operator and return the number of the message."""
    sent = await bot.send_message(
        chat_id,
        view.html,
        parse_mode=ParseMode.HTML,
        reply_markup=view.keyboard,
        link_preview_options=NO_PREVIEW,
    )
    return sent.message_id


async def open_console(tap: ButtonContext, actions: AdminActions) -> None:
    """Send an operator a link to the console that works once."""
    await tap.acknowledge()
    if actions.invite is None:
        await tap.send(View(operator_texts.NO_CONSOLE, keyboards.TO_STATE))
    else:
        link = await actions.invite(tap.chat_id)
        await tap.send(View(operator_texts.CONSOLE_LINK.format(link=link)))


async def examine(tap: ButtonContext) -> None:
    """Run the checks of `diemtin doctor --online` and show their results; this may take some seconds."""
    await tap.acknowledge()
    if tap.services.examine is None:
        await tap.show(View(operator_texts.CANNOT_EXAMINE, keyboards.TO_STATE))
        return
    await tap.show(View(operator_texts.EXAMINING))
    try:
        lines = await tap.services.examine()
    except Exception:
        await tap.show(View(operator_texts.CANNOT_EXAMINE, keyboards.TO_STATE))
        raise
    said = Markup("\n").join(shortened(one_line(line), _LONGEST_ANSWER) for line in lines)
    await tap.show(View(operator_texts.EXAMINED.format(lines=said), keyboards.TO_STATE))


async def preview(tap: ButtonContext, wanted: Preview) -> None:
    """Send this chat alone the digest that an edition would send now."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    await tap.acknowledge()
    await tap.send(View(operator_texts.PREVIEW_HEAD.format(edition=edition.title)))
    if not await send_digest(tap, edition, title=edition.title):
        await tap.send(View(operator_texts.PREVIEW_EMPTY.format(edition=edition.title)))


async def ask_to_send(tap: ButtonContext, wanted: AskToSend) -> None:
    """Ask before an edition goes to everyone."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    async with tap.services.database.read() as connection:
        profiles = await find_profiles(connection)
        subscribers = await count_by_profile(connection)
    count = sum(subscribers.get(one.id, 0) for one in profiles if edition.name in one.choices.editions)
    html = operator_texts.ASK_TO_SEND.format(edition=edition.title, count=say_number(count))
    keyboard = keyboards.for_confirming(operator_texts.BUTTON_SEND_NOW, SendNow(edition.name))
    await tap.send(View(html, keyboard))


async def send_now(tap: ButtonContext, wanted: SendNow, actions: AdminActions) -> None:
    """Send an edition to everyone, once for each confirmation, however often the button is tapped."""
    edition = tap.services.newsroom.find_edition(wanted.edition)
    if edition is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    if problem := await actions.find_clock_problem():
        html = operator_texts.NOT_SENT_BY_A_WRONG_CLOCK.format(edition=edition.title, problem=problem)
        await tap.send(View(html))
        return
    if not await _claim(tap, edition.name):
        await tap.acknowledge(operator_texts.SENT_BEFORE)
        return
    count = await actions.send_now(edition.name)
    _log.info("edition sent on demand", edition=edition.name, deliveries=count, chat_id=tap.chat_id)
    await record_action(tap, AuditKind.SENT_NOW, f"{edition.title}, {count} lượt")
    words = operator_texts.SENT_NOW if count else operator_texts.SENT_NOTHING
    html = words.format(edition=edition.title, count=say_number(count))
    await tap.show(View(html, keyboards.TO_STATE))


async def record_action(tap: ButtonContext, kind: AuditKind, detail: str = "") -> None:
    """Record in the audit log what this operator did."""
    async with tap.services.database.write() as connection:
        await record_audit_entry(connection, tap.chat_id, kind, detail, now=tap.now)


async def _claim(tap: ButtonContext, edition: str) -> bool:
    """Mark this confirmation as used; False if it was used before."""
    name = f"send_now:{tap.chat_id}:{edition}"
    async with tap.services.database.write() as connection:
        answered = await find_note(connection, name)
        if answered is not None and int(answered) >= tap.message_id:
            return False
        await write_note(connection, name, str(tap.message_id), now=tap.now)
    return True
