"""/chude: which topics the digest has. Each tap changes the panel in place."""

from bot.chat import texts
from bot.chat.intents import Press, SetTopic, Undo
from bot.chat.screen import Screen
from bot.chat.settings.choices import change_choices, find_chosen, restore_profile
from bot.chat.settings.panels import topics_screen
from bot.chat.settings.schedule import changed_screen
from bot.chat.visit import Tap, Visit


async def obey(visit: Visit) -> None:
    """Show the topics."""
    subscriber = await find_chosen(visit.desk, visit.chat_id)
    if subscriber is None:
        await visit.refuse(Screen(texts.NOT_SUBSCRIBED), texts.NOT_SUBSCRIBED_LINE)
    else:
        await visit.show(topics_screen(subscriber, visit.desk.newsroom))


async def change(tap: Tap, wanted: SetTopic | Press) -> None:
    """Take a topic in or out, or have all of them again."""
    is_reset = wanted is Press.ALL_TOPICS
    changed = await change_choices(tap.desk, tap.chat_id, wanted)
    if changed is None:
        await tap.settle(texts.STALE_BUTTON)
    elif changed.is_same:
        await tap.settle(texts.UNCHANGED)
    else:
        undo = Undo(changed.before.profile_id, "topics") if is_reset else None
        await tap.show(topics_screen(changed.after, tap.desk.newsroom, undo=undo))


async def undo(tap: Tap, wanted: Undo) -> None:
    """Bring an earlier profile back and show the panel it was left from."""
    changed = await restore_profile(tap.desk, tap.chat_id, wanted.profile_id)
    if changed is None:
        await tap.settle(texts.STALE_BUTTON)
    elif changed.is_same:
        await tap.settle(texts.UNCHANGED)
    elif wanted.panel == "topics":
        await tap.show(topics_screen(changed.after, tap.desk.newsroom))
    else:
        await tap.show(changed_screen(tap.desk, changed, texts.UNDONE))
