"""A command sent bare from the menu asks for its words; the next message is its answer.

It is kept in the database, so a restart forgets nothing, and expires after ten minutes.
"""

import datetime as dt

from bot.chat.talk.slots import asks_something
from bot.chat.talk.wishes import Plain, WatchWords, Wish
from bot.chat.visit import Visit
from storage.conversations import await_words as write_awaited
from storage.conversations import is_awaiting, take_awaited
from summarizer.text.syllables import canonical

_PATIENCE = dt.timedelta(minutes=10)
_CALLING_OFF = frozenset(
    ("thôi", "không", "hủy", "bỏ qua", "thôi không", "thôi khỏi", "khỏi", "cancel", "/cancel")
)


async def await_words(visit: Visit, command: str | None) -> None:
    """Take the next message for the words of `command`; None: of no command any more."""
    async with visit.desk.database.read() as connection:
        was_awaiting = await is_awaiting(connection, visit.chat_id)
    if command is None and not was_awaiting:
        return
    async with visit.desk.database.write() as connection:
        if command is None:
            await take_awaited(connection, visit.chat_id, now=visit.now)
        else:
            await write_awaited(connection, visit.chat_id, command, until=visit.now + _PATIENCE)


async def take_awaited_command(visit: Visit) -> str | None:
    """Return the command whose words are awaited now, and await them no longer."""
    async with visit.desk.database.read() as connection:
        if not await is_awaiting(connection, visit.chat_id):
            return None
    async with visit.desk.database.write() as connection:
        return await take_awaited(connection, visit.chat_id, now=visit.now)


def is_called_off(words: str) -> bool:
    """Tell whether the answer to a command's question is that there is none."""
    return " ".join(canonical(words).split()).strip(".!") in _CALLING_OFF


def is_its_answer(command: str, visit: Visit, wish: Wish | None) -> bool:
    """Tell whether a message is the words that `command` asked for, and not another wish or a question.

    "theo dõi giá vàng" answers /theodoi with what it says; "giá vàng bao nhiêu" is asked, not watched.
    """
    if command == "theodoi" and isinstance(wish, WatchWords):
        visit.words = wish.words
        return True
    if wish is not None and wish is not Plain.DIGEST:
        return False
    return wish is None and not (command == "theodoi" and asks_something(visit.words))
