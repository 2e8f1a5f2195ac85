"""Readers of the slots of rules: the words after "lúc", "theo dõi", "bài" as values. Pure.

A reader returns None if the words are not of its kind; then the rule does not match.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.chat.buttons.intents import SetDays
from bot.chat.settings.typed_pauses import UnreadableSpanError, parse_pause
from bot.chat.settings.typed_settings import How, parse_schedule
from bot.chat.talk.grammar import listed, listed_phrases
from bot.chat.talk.wishes import (
    LAST,
    FollowUp,
    PauseUntil,
    SetSchedule,
    SetTopics,
    ShowItem,
    ShowPage,
    SimpleWish,
    UnwatchWords,
    WatchWords,
    Wish,
    is_place,
    is_time,
)
from bot.times.typed_times import NUMERALS, TypedTimeError, parse_days, parse_local_time
from summarizer.text.syllables import canonical, folded

Slots = Mapping[str, str]
_PLACES_IN_LIST = {
    **{canonical(numeral): number for numeral, number in NUMERALS.items()},
    "tư": 4,
    "đầu": 1,
    "đầu tiên": 1,
    "nhất": 1,
    "cuối": LAST,
    "cuối cùng": LAST,
    "chót": LAST,
}
_PLACES_WITHOUT_DIACRITICS = {folded(said): place for said, place in _PLACES_IN_LIST.items() if said != "sáu"}
_MOST_ITEMS, _MOST_BARE = 50, 9  # "bài 12", but a number alone only as a list of one page has it
_ASKING = re.compile(
    r"\b(?:bao nhieu|o dau|khi nao|luc nao|bao gio|the nao|ra sao|tai sao|vi sao|may|ai|gi|nao|den dau"
    r"|may gio|bao lau|sao|chua|do dau|tu dau)\b"
)
_MOST_OTHER, _MOST_ASKED, _MOST_WATCHED = 5, 8, 8  # words
_LONGEST_SPAN = 4  # words
_ABOUT = frozenset(
    ("tin", "tức", "mới", "gì", "về", "các", "những", "cho", "giúp", "giùm", "dùm", "mình", "tôi", "có")
) | {"khi", "nếu"}
_OF_THE_WRITER = re.compile(
    r"(?:của(?: |$))?(?:mình|tôi|tui|em|anh|chị|lại|tiếp|mỗi ngày|(?:bây giờ|lúc này)(?: luôn)?)?$"
)
_EACH = re.compile(r"\b(?:moi ngay|hang ngay|ngay nao)\b")
_EACH_PART = re.compile(
    r"\b(?:moi|cac|nhung|vao|luc|hang|buoi|cac buoi)\b ?"
    r"(?=sang|trua|chieu|toi|ngay|buoi|thu|cuoi|t[2-7]|luc|[0-9]|cn|chu)"
)
_CLOCK = r"[0-9]{1,2}(?: ?(?:h|gio|g|:) ?(?:[0-9]{2}|ruoi|kem [0-9]{1,2})?)?"
_PART_FIRST = re.compile(rf"\b(?P<part>sang|trua|chieu|toi|dem) (?:luc |vao )?(?P<time>{_CLOCK})(?![0-9a-z])")
_ADJOINING_HOURS = re.compile(
    r"([0-9] ?(?:h|gio|g)(?:[0-9]{2}| ruoi)?(?: (?:sang|trua|chieu|toi|dem))?) (?=[0-9]{1,2} ?(?:h|gio|g|:))"
)
_HALF_PAST = re.compile(r"\b([0-9]{1,2}) (?=ruoi\b)")
_BARE_HOUR = re.compile(r"(?<!kem )\b([0-9]{1,2}) (?=(?:sang|trua|chieu|toi|dem)\b)")
_DAY_NUMBERS = re.compile(r"\b(?:cac|may|nhung) ngay (?=[2-7](?:[ ,]+(?:va )?[2-7])+\b(?! ?(?:h|g|:)))")
_HOURS = {"sang som": "6h", "dau gio sang": "6h", "sang": "7h", "trua": "12h", "chieu": "17h", "toi": "20h"}
_PART = re.compile(r"\b(?:luc |vao )?(?:buoi )?(?P<part>sang som|dau gio sang|sang|trua|chieu|toi)\b")
_HOUR = re.compile(r"[0-9] ?(?:h|gio|g|:)(?![a-z])")
_ME = re.compile(r"\btôi\b")  # no evening, folded, as "tới" is none
_TIMELY = re.compile(r"[0-9]|\b(?:sang|trua|chieu|toi|dem|ngay|tuan|thu|chu nhat|cn|gio)\b")
_NAMED_TOPIC = re.compile(r"\b(?:tin|ban tin|tin tuc|muc|chu de|chuyen muc|phan|mang|bai|linh vuc)\b")
_UNTIL_A_DAY = re.compile(r".*\b(?:tới|đến|den) $")
_FROM_TO = re.compile(r" ?(?:-|–|\bden\b|\btoi\b) ?")
_THIS_WEEK = re.compile(r"\b(?:tuần này|tuan nay)\b")  # no weekdays: a pause
_SOME_DAYS = re.compile(r"^(?:vao|cac ngay|may ngay) ")


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What is needed to understand a message: the time, the reader's zone, and topics by folded name."""

    now: dt.datetime
    zone: str
    topics: Mapping[str, str]


def asks_something(text: str) -> bool:
    """Tell whether `text` has a word that asks: how many, who, where."""
    return _ASKING.search(folded(text)) is not None


def find_topic_names(text: str, names: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the topics that `text` lists, with commas, "và" or nothing between; None for anything else.

    `names` maps folded names to topics.

    >>> find_topic_names("kinh tế, Sức khoẻ và thể thao", {"kinh te": "a", "suc khoe": "b", "the thao": "c"})
    ('a', 'b', 'c')
    """
    words = re.findall(r"[\w&-]+|[,;]", folded(text))  # "kinh tế, thế giới" are two, without the comma one
    found: dict[str, None] = {}
    longest = max((name.count(" ") + 1 for name in names), default=0)
    at = 0
    while at < len(words):
        sizes = range(min(longest, len(words) - at), 0, -1)
        size = next((size for size in sizes if " ".join(words[at : at + size]) in names), 0)
        if size:
            found[names[" ".join(words[at : at + size])]] = None
        elif words[at] not in listed("and") | {",", ";"}:
            return None
        at += size or 1
    return tuple(found) or None


def _pause_until(slots: Slots, parsing: ParseContext) -> Wish | None:
    span = f"đến {slots['until']}" if "until" in slots else slots["span"]
    if span == "này":  # not "nay"
        return None
    try:
        return PauseUntil(parse_pause(span, now=parsing.now, zone=parsing.zone))
    except UnreadableSpanError:
        return None


def span_beside(clause: str, parsing: ParseContext) -> PauseUntil | None:
    """Return the end of the time with which a clause about the writer begins or ends: "tuần sau mình bận"."""
    words = clause.split()
    sizes = range(min(len(words), _LONGEST_SPAN), 0, -1)
    for span in (" ".join(part) for size in sizes for part in (words[:size], words[-size:])):
        if isinstance(wish := _pause_until({"span": span}, parsing), PauseUntil):
            return wish
    return None


def _hour_of_part(plain: str) -> str:
    """Return an hour to propose where only a part of the day is named."""
    found = min(_PART.finditer(plain), key=lambda each: tuple(_HOURS).index(each["part"]), default=None)
    if found is None:
        return plain
    return " ".join(f"{plain[: found.start()]}{_HOURS[found['part']]}{plain[found.end() :]}".split())


def _schedule(slots: Slots, _: ParseContext) -> Wish | None:
    """Read times and days; a `clock` is a message of nothing but an hour."""
    typed = slots.get("clock") or slots["schedule"]
    if "clock" in slots and not _HOUR.search(folded(typed)):
        return None
    said = folded(_ME.sub("", typed.replace("tới", "đến")))
    if not _TIMELY.search(said):
        return None
    plain = _DAY_NUMBERS.sub("thu ", said)
    plain = _EACH.sub("hang  ngay", plain)  # two blanks: no filler before "ngày"
    plain = " ".join(_EACH_PART.sub("", plain).replace("ngay trong tuan", "trong tuan").split())
    plain = plain.removeprefix("ngay ")
    if _PART_FIRST.match(plain):
        plain = _PART_FIRST.sub(r"\g<time> \g<part>", plain)
    plain = _ADJOINING_HOURS.sub(r"\1, ", _BARE_HOUR.sub(r"\1h ", _HALF_PAST.sub(r"\1h", plain)))
    if not any(c.isdigit() for c in plain):
        plain = _hour_of_part(plain)
    try:
        return SetSchedule(parse_schedule(plain).changes)
    except ValueError:
        return None


def _quiet_after(slots: Slots, _: ParseContext) -> Wish | None:
    try:
        for hour in _FROM_TO.split(folded(slots["hour"])):
            parse_local_time(hour)
    except TypedTimeError:
        return None
    return SimpleWish.QUIET


def _days_off(slots: Slots, _: ParseContext) -> Wish | None:
    if _UNTIL_A_DAY.match(slots["whole"].partition(slots["days"])[0]) or _THIS_WEEK.search(slots["whole"]):
        return None
    try:
        off = parse_days(_SOME_DAYS.sub("", folded(slots["days"])))
    except TypedTimeError:
        return None
    left = tuple(day for day in range(7) if day not in off)
    return SetSchedule((SetDays(left),)) if left else None


def _topics(how: How) -> "SlotReader":
    def read(slots: Slots, parsing: ParseContext) -> Wish | None:
        names = " ".join(folded(slots["topics"]).split())
        is_thing = names in listed_phrases("things") and not _NAMED_TOPIC.search(folded(slots["whole"]))
        is_thing |= names in listed_phrases("ministries") and f"bo {names}" in slots["whole"]
        topics = None if is_thing else find_topic_names(slots["topics"], parsing.topics)
        return SetTopics(how, topics) if topics else None

    return read


def _number(said: str) -> int | None:
    return int(said) or None if said.isascii() and said.isdigit() and len(said) <= 2 else None


def _place_in_list(said: str) -> int | None:
    """Return the place that a numeral means: "tư" is the fourth, "từ" is none, "sau" is the next."""
    return _number(said) or _PLACES_IN_LIST.get(said) or _PLACES_WITHOUT_DIACRITICS.get(said)


def _item(slots: Slots, _: ParseContext) -> Wish | None:
    if "digit" in slots:
        number, most = _number(slots["digit"]), _MOST_BARE
    else:
        said = folded(slots["number"])
        if said == "nhat" and "thu nhat" not in folded(slots["whole"]):  # "tin mới nhất"
            return None
        number, most = _place_in_list(slots["number"]), _MOST_ITEMS
    return ShowItem(number) if number and number <= most else None


def _page(slots: Slots, _: ParseContext) -> Wish | None:
    number = _place_in_list(slots["number"])
    return ShowPage(number) if number else None


def _watch(slots: Slots, _: ParseContext) -> Wish | None:
    words = slots["watched"].split()
    while len(words) > 1 and words[0] in _ABOUT:
        del words[0]
    behind = slots["whole"][slots["whole"].rfind(slots["watched"]) :]
    watched = " ".join(words)
    is_none = asks_something(behind) or len(words) > _MOST_WATCHED or _OF_THE_WRITER.match(watched)
    return None if is_none else WatchWords(watched)


def _unwatch(slots: Slots, _: ParseContext) -> Wish | None:
    if " ".join(folded(slots["words"]).split()) in listed_phrases("own_names"):
        return SimpleWish.LEAVE
    if listed("no_subject").issuperset(folded(slots["words"]).split()):
        return None
    return UnwatchWords(slots["words"]) if len(slots["words"].split()) <= _MOST_WATCHED else None


def _follow_up(slots: Slots, parsing: ParseContext) -> Wish | None:
    if words := slots.get("time", ""):
        is_one = is_time(words, parsing.now.astimezone(ZoneInfo(parsing.zone)).date())
    elif words := slots.get("place", ""):
        is_one = is_place(words)
    else:
        words = slots["other"]
        is_one = len(words.split()) <= _MOST_OTHER
    return FollowUp("instead", words) if is_one else None


def _follow_up_also(slots: Slots, _: ParseContext) -> Wish | None:
    if "bare" in slots:
        is_bare = " ".join(folded(slots["bare"]).split()) in listed_phrases("bare_questions")
        return FollowUp("also", slots["bare"]) if is_bare else None
    words = slots["asked"]
    is_other_word = folded(words.split()[0]) in listed("never_asked")
    asks = asks_something(words) and len(words.split()) <= _MOST_ASKED and not is_other_word
    return FollowUp("also", words) if asks else None


SlotReader = Callable[[Slots, ParseContext], Wish | None]
SLOT_READERS: dict[str, SlotReader] = {  # by the names of the rules in the vocabulary
    "pause_until": _pause_until,
    "schedule": _schedule,
    "quiet_after": _quiet_after,
    "days_off": _days_off,
    "topics_only": _topics("only"),
    "topics_add": _topics("add"),
    "topics_drop": _topics("drop"),
    "watch": _watch,
    "unwatch": _unwatch,
    "item": _item,
    "page": _page,
    "unwatch_news": _unwatch,
    "follow_up": _follow_up,
    "follow_up_also": _follow_up_also,
}
