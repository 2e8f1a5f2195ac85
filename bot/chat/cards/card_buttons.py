"""The buttons under a story's card, as things stand between the chat and the story. Pure."""

from dataclasses import dataclass
from urllib.parse import quote

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.buttons.callbacks import encode, write_story
from bot.chat.buttons.intents import (
    Intent,
)
from bot.chat.buttons.story_intents import (
    AskWhy,
    FollowStory,
    OfferMute,
    SaveStory,
    Teach,
)
from bot.messages import card_texts, texts


@dataclass(frozen=True, slots=True)
class Standing:
    """What a chat said of a story. `liking`: 1 more such, -1 less such, 0 nothing."""

    is_saved: bool = False
    is_followed: bool = False
    liking: int = 0


@dataclass(frozen=True, slots=True)
class Sharing:
    """How the bot's stories can be shared: its username, and whether inline mode is on."""

    username: str
    is_inline: bool

    def address_of(self, article_id: int) -> str:
        """Return the deep link that opens the story's card."""
        return f"https://t.me/{self.username}?start={write_story(article_id)}"

    def button(self, article_id: int) -> InlineKeyboardButton:
        """Offer to send the story to another chat: as a card, or as a link where inline mode is off."""
        if self.is_inline:
            return InlineKeyboardButton(card_texts.BUTTON_SHARE, switch_inline_query=write_story(article_id))
        link = quote(self.address_of(article_id), safe="")
        return InlineKeyboardButton(card_texts.BUTTON_SHARE, url=f"https://t.me/share/url?url={link}")


def card_buttons(article_id: int, standing: Standing, sharing: Sharing) -> InlineKeyboardMarkup:
    """Offer what can be done with the story of the article; what was done is marked, and undone by a tap."""
    more, less = standing.liking == 1, standing.liking == -1
    save = SaveStory(article_id, not standing.is_saved)
    follow = FollowStory(article_id, not standing.is_followed)
    rows = [
        [
            _choice(card_texts.BUTTON_UNFOLLOW, follow, is_chosen=True)
            if standing.is_followed
            else _choice(card_texts.BUTTON_FOLLOW, follow, is_chosen=False)
        ],
        [
            _choice(card_texts.BUTTON_SAVE, save, is_chosen=standing.is_saved),
            sharing.button(article_id),
        ],
        [
            _choice(card_texts.BUTTON_MORE_SUCH, Teach(article_id, 0 if more else 1), is_chosen=more),
            _choice(card_texts.BUTTON_LESS_SUCH, Teach(article_id, 0 if less else -1), is_chosen=less),
        ],
        [
            _choice(card_texts.BUTTON_MUTE, OfferMute(article_id, is_wanted=True), is_chosen=False),
            _choice(card_texts.BUTTON_WHY, AskWhy(article_id), is_chosen=False),
        ],
    ]
    return InlineKeyboardMarkup(rows)


def _choice(label: str, intent: Intent, *, is_chosen: bool) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.CHOSEN + label if is_chosen else label, callback_data=encode(intent))
