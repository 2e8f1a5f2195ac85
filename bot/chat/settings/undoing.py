"""Take the last change of a chat's choices back, on the panel from which it was made."""

from bot.chat.buttons.intents import Undo
from bot.chat.context import ButtonContext
from bot.chat.settings.choices import restore_profile
from bot.chat.settings.choosing_times import changed_view
from bot.chat.settings.panels import papers_view, topics_view, words_view
from bot.messages import texts


async def undo(tap: ButtonContext, wanted: Undo) -> None:
    """Bring the earlier profile back and show the panel it was left from."""
    changed = await restore_profile(tap.services, tap.chat_id, wanted.profile_id)
    if changed is None:
        await tap.acknowledge(texts.STALE_BUTTON)
        return
    if changed.is_same:
        await tap.acknowledge(texts.UNCHANGED)
        return
    newsroom, choices = tap.services.newsroom, changed.after.choices
    match wanted.panel:
        case "topics":
            await tap.show(topics_view(changed.after, newsroom))
        case "words":
            await tap.show(words_view(choices, newsroom, texts.UNDONE))
        case "papers":
            await tap.show(papers_view(choices, newsroom, texts.UNDONE))
        case "schedule":
            await tap.show(changed_view(tap.services, changed, texts.UNDONE))
