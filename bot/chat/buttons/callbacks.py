"""Intents in at most 64 bytes, as callback data and in deep links, and back. Pure."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import get_args

from bot.chat.buttons.choice_intents import DropTaste, DropWord, SetLength, SetPaper, SetSilent
from bot.chat.buttons.intents import (
    MOST_TIMES,
    AnswerView,
    AskAgain,
    AskToRetract,
    AskToSend,
    Button,
    Confirm,
    Intent,
    Panel,
    PauseFor,
    Preview,
    Retract,
    Rewording,
    RunWatch,
    SendCorrection,
    SendNow,
    SetDays,
    SetEdition,
    SetQuiet,
    SetTimes,
    SetTopic,
    ShowCorrection,
    ShowIssue,
    ShowView,
    StopWatching,
    TurnPage,
    Undo,
    WatchAgain,
    WatchQuestion,
)
from bot.chat.buttons.story_callbacks import STORY_PATTERNS, encode_story
from bot.chat.buttons.story_intents import StoryIntent
from storage.profiles import Length

# Callback data: intents to at most 64 bytes and back. Pure.
#
# Telegram hands callback data back as it was, but a changed client may send anything: what is not exactly
# something that `encode` writes is no intent.

MAX_BYTES = 64
_SLUG = r"(?=.{1,32}$)[a-z0-9]+(?:-[a-z0-9]+)*"
_NUMBER = r"[1-9][0-9]{0,17}"
_TIME = r"(?:[01][0-9]|2[0-3])[0-5][05]"
_MINUTES = r"0|[1-9][0-9]{0,3}"
_DAY_MINUTES = 24 * 60
_PLACES = {True: "ds", False: "tin"}  # the list of watches, an alert
_PANELS: dict[str, Panel] = {panel: panel for panel in get_args(Panel)}
_LENGTHS: dict[str, Length] = {length: length for length in get_args(Length)}
_VIEWS: dict[AnswerView, str] = {"details": "chitiet", "sources": "nguon", "days": "ngay"}
_REWORDINGS: dict[Rewording, str] = {
    "suggested": "goiy",
    "any_time": "moiluc",
    "any_source": "moinguon",
    "any_topic": "moichude",
    "first_half": "dau",
    "second_half": "cuoi",
    "as_typed": "nguyenvan",
}


def encode(intent: Intent) -> str:
    """Return the callback data of a button that asks for `intent`.

    >>> encode(SetTimes(("06:30", "18:00")))
    'gio:06301800'
    """
    if isinstance(intent, StoryIntent):
        return encode_story(intent)
    match intent:
        case Button():
            return intent.value
        case SetTimes(times):
            return "gio:" + "".join(time.replace(":", "") for time in times)
        case SetDays(days):
            return "ngay:" + "".join(map(str, days))
        case SetQuiet(start, end):
            return f"yentinh:{start}-{end}"
        case SetEdition(edition):
            return f"bantin:{edition}"
        case SetTopic(topic, is_wanted):
            return f"chude:{'+' if is_wanted else '-'}{topic}"
        case SetLength(length):
            return f"dodai:{length}"
        case SetSilent(is_silent):
            return f"tieng:{'khong' if is_silent else 'co'}"
        case DropWord(checksum):
            return f"tu:go:{checksum:08x}"
        case DropTaste(checksum):
            return f"tu:quen:{checksum:08x}"
        case SetPaper(source, is_out):
            return f"nguon:{'-' if is_out else '+'}{source}"
        case Undo(profile_id, panel):
            return f"hoantac:{panel}:{profile_id}"
        case TurnPage(question_id, page):
            return f"trang:{question_id}:{page}"
        case ShowView(question_id, view):
            return f"xem:{_VIEWS[view]}:{question_id}"
        case AskAgain(question_id, rewording):
            return f"hoi:{_REWORDINGS[rewording]}:{question_id}"
        case WatchQuestion(question_id):
            return f"theodoi:hoi:{question_id}"
        case StopWatching(watch_id, is_in_list):
            return f"theodoi:thoi:{_PLACES[is_in_list]}:{watch_id}"
        case WatchAgain(watch_id, is_in_list):
            return f"theodoi:lai:{_PLACES[is_in_list]}:{watch_id}"
        case RunWatch(watch_id):
            return f"theodoi:xem:{watch_id}"
        case PauseFor(days):
            return f"tamdung:{days}"
        case Confirm(question_id):
            return f"dongy:{question_id}"
        case Preview(edition):
            return f"quantri:xem:{edition}"
        case AskToSend(edition):
            return f"quantri:hoi:{edition}"
        case SendNow(edition):
            return f"quantri:gui:{edition}"
        case ShowIssue(issue_id):
            return f"quantri:so:{issue_id}"
        case ShowCorrection(correction_id):
            return f"quantri:sodinhchinh:{correction_id}"
        case AskToRetract(issue_id):
            return f"quantri:hoithuhoi:{issue_id}"
        case Retract(issue_id):
            return f"quantri:thuhoi:{issue_id}"
        case SendCorrection(correction_id):
            return f"quantri:dinhchinh:{correction_id}"


def parse(data: str) -> Intent | None:
    """Return what `data` asks for, or None when no button of ours says so.

    >>> parse("chude:+kinh-te")
    SetTopic(topic='kinh-te', is_wanted=True)
    """
    if len(data) > MAX_BYTES:
        return None
    if data in _PRESSES:
        return _PRESSES[data]
    for pattern, read in _READERS:
        if match := pattern.fullmatch(data):
            return read(match)
    return None


def _times(match: re.Match[str]) -> SetTimes | None:
    digits = match[1]
    times = tuple(f"{digits[i : i + 2]}:{digits[i + 2 : i + 4]}" for i in range(0, len(digits), 4))
    return SetTimes(times) if times == tuple(sorted(set(times))) else None


def _days(match: re.Match[str]) -> SetDays | None:
    days = tuple(map(int, match[1]))
    return SetDays(days) if days == tuple(sorted(set(days))) else None


def _quiet(match: re.Match[str]) -> SetQuiet | None:
    start, end = int(match[1]), int(match[2])
    return SetQuiet(start, end) if max(start, end) < _DAY_MINUTES else None


def _view(view: AnswerView) -> "_Reader":
    return lambda match: ShowView(int(match[1]), view)


def _again(rewording: Rewording) -> "_Reader":
    return lambda match: AskAgain(int(match[1]), rewording)


_PRESSES = {press.value: press for press in Button}
_Reader = Callable[[re.Match[str]], Intent | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (rf"gio:((?:{_TIME}){{0,{MOST_TIMES}}})", _times),
        (r"ngay:([0-6]{0,7})", _days),
        (rf"yentinh:({_MINUTES})-({_MINUTES})", _quiet),
        (rf"bantin:({_SLUG})", lambda match: SetEdition(match[1])),
        (rf"chude:([+-])({_SLUG})", lambda match: SetTopic(match[2], match[1] == "+")),
        (
            rf"hoantac:({'|'.join(_PANELS)}):({_NUMBER})",
            lambda match: Undo(int(match[2]), _PANELS[match[1]]),
        ),
        (r"dodai:(gon|vua|daydu)", lambda match: SetLength(_LENGTHS[match[1]])),
        (r"tieng:(khong|co)", lambda match: SetSilent(match[1] == "khong")),
        (r"tu:go:([0-9a-f]{8})", lambda match: DropWord(int(match[1], 16))),
        (r"tu:quen:([0-9a-f]{8})", lambda match: DropTaste(int(match[1], 16))),
        (rf"nguon:([+-])({_SLUG})", lambda match: SetPaper(match[2], match[1] == "-")),
        (rf"trang:({_NUMBER}):([0-9])", lambda match: TurnPage(int(match[1]), int(match[2]))),
        *((rf"xem:{word}:({_NUMBER})", _view(view)) for view, word in _VIEWS.items()),
        *((rf"hoi:{word}:({_NUMBER})", _again(rewording)) for rewording, word in _REWORDINGS.items()),
        (rf"theodoi:hoi:({_NUMBER})", lambda match: WatchQuestion(int(match[1]))),
        (rf"theodoi:thoi:(ds|tin):({_NUMBER})", lambda m: StopWatching(int(m[2]), m[1] == _PLACES[True])),
        (rf"theodoi:lai:(ds|tin):({_NUMBER})", lambda m: WatchAgain(int(m[2]), m[1] == _PLACES[True])),
        (rf"theodoi:xem:({_NUMBER})", lambda match: RunWatch(int(match[1]))),
        *STORY_PATTERNS,
        (r"tamdung:([1-9][0-9]?)", lambda match: PauseFor(int(match[1]))),
        (rf"dongy:({_NUMBER})", lambda match: Confirm(int(match[1]))),
        (rf"quantri:xem:({_SLUG})", lambda match: Preview(match[1])),
        (rf"quantri:hoi:({_SLUG})", lambda match: AskToSend(match[1])),
        (rf"quantri:gui:({_SLUG})", lambda match: SendNow(match[1])),
        (rf"quantri:so:({_NUMBER})", lambda match: ShowIssue(int(match[1]))),
        (rf"quantri:sodinhchinh:({_NUMBER})", lambda match: ShowCorrection(int(match[1]))),
        (rf"quantri:hoithuhoi:({_NUMBER})", lambda match: AskToRetract(int(match[1]))),
        (rf"quantri:thuhoi:({_NUMBER})", lambda match: Retract(int(match[1]))),
        (rf"quantri:dinhchinh:({_NUMBER})", lambda match: SendCorrection(int(match[1]))),
    )
)


# Questions and stories in deep links, behind `t.me/bot?start=`: at most 64 letters, digits, `-`, `_`.

_PREFIX = "q-"
_MOST_BYTES = 46  # of the words: base64 makes 62 characters of them
_STORY = re.compile("tin-([1-9][0-9]{0,17})", re.ASCII)
_PAYLOAD = re.compile(rf"{_PREFIX}([A-Za-z0-9_-]{{1,62}})")


def write_payload(words: str) -> str:
    """Return the payload that asks `words`, cut after a letter where they are too long.

    >>> write_payload("giá xăng")
    'q-Z2nDoSB4xINuZw'
    """
    head = words.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore")
    return _PREFIX + base64.urlsafe_b64encode(head.encode()).decode().rstrip("=")


def read_payload(payload: str) -> str | None:
    """Return the words that a payload asks, or None when it is none that `write_payload` writes.

    >>> read_payload("q-Z2nDoSB4xINuZw"), read_payload("ban-be")
    ('giá xăng', None)
    """
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return None
    try:
        words = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return words if words.strip() and write_payload(words) == payload else None


def write_story(article_id: int) -> str:
    """Return the payload, and the inline query, that shows the story of an article.

    >>> write_story(31)
    'tin-31'
    """
    return f"tin-{article_id}"


def read_story(payload: str) -> int | None:
    """Return the article of a payload or inline query that `write_story` writes, else None.

    >>> read_story("tin-31"), read_story("tin-031")
    (31, None)
    """
    found = _STORY.fullmatch(payload)
    return int(found[1]) if found else None
