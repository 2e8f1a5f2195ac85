"""Intents in at most 64 bytes, as callback data and in deep links, and back. Pure.

Telegram returns callback data unchanged, but a modified client may send anything. Each kind of intent has one
form that writes and reads its data. Data that `encode` never writes is refused.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from bot.chat.buttons import intents
from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.intents import Button, Intent
from storage.profiles import Length

MAX_BYTES = 64
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class _Field:
    """How one value of an intent is written. `read` returns None for a value that no button has."""

    pattern: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def _one_of(words: Mapping[Any, str]) -> _Field:
    values = {word: value for value, word in words.items()}
    return _Field("|".join(map(re.escape, values)), values.__getitem__, words.__getitem__)


def _same(words: tuple[str, ...]) -> _Field:
    return _one_of({word: word for word in words})


def _read_times(digits: str) -> tuple[str, ...] | None:
    times = tuple(f"{hour}:{minute}" for hour, minute in re.findall("(..)(..)", digits))
    return times if times == tuple(sorted(set(times))) else None


def _read_days(digits: str) -> tuple[int, ...] | None:
    days = tuple(map(int, digits))
    return days if days == tuple(sorted(set(days))) else None


def _read_minutes(digits: str) -> int | None:
    return int(digits) if int(digits) < _DAY_MINUTES else None


_ROW = _Field(r"[1-9][0-9]{0,17}", int)  # the number of a row
_SLUG = _Field(r"(?=.{1,32}$)[a-z0-9]+(?:-[a-z0-9]+)*", str)  # stands last in its form
_MINUTES = _Field("0|[1-9][0-9]{0,3}", _read_minutes)
_TIME = "(?:[01][0-9]|2[0-3])[0-5][05]"
_TIMES = _Field(
    f"(?:{_TIME}){{0,{intents.MOST_TIMES}}}", _read_times, lambda times: "".join(times).replace(":", "")
)
_DAYS = _Field("[0-6]{0,7}", _read_days, lambda days: "".join(map(str, days)))
_AGAIN = _one_of({True: "lai", False: "thoi"})
_FIELDS = {  # by the names of the intents' fields; all that end in `_id` are rows
    **dict.fromkeys(("edition", "topic", "source"), _SLUG),
    **dict.fromkeys(("start", "end"), _MINUTES),
    "page": _Field("[0-9]|[1-9][0-9]", int),
    "times": _TIMES,
    "is_wanted": _one_of({True: "+", False: "-"}),
    "is_out": _one_of({True: "-", False: "+"}),
    "is_in_list": _one_of({True: "ds", False: "tin"}),  # or under an alert
    "is_silent": _one_of({True: "khong", False: "co"}),
    "is_correction": _one_of({True: "dinhchinh", False: ""}),
    "is_approved": _one_of({True: "gui", False: "giu"}),
    "level": _Field("[0-2]", int),
    "liking": _one_of({1: "hon", -1: "it", 0: "bo"}),
    "length": _same(get_args(Length)),
    "panel": _same(get_args(intents.Panel)),
    "checksum": _Field("[0-9a-f]{8}", lambda digits: int(digits, 16), "{:08x}".format),
    "change": _Field("[+-](?:[01][0-9]|2[0-3])[0-5][0-9]|n0?1?2?3?4?5?6?|p[01]", str),
    "view": _one_of({"details": "chitiet", "sources": "nguon", "days": "ngay"}),
    "rewording": _one_of(
        {
            "suggested": "goiy",
            "any_time": "moiluc",
            "any_source": "moinguon",
            "any_topic": "moichude",
            "first_half": "dau",
            "second_half": "cuoi",
            "as_typed": "nguyenvan",
        }
    ),
}


class _Form:
    """The callback data of one kind of intent: `template` names the intent's fields."""

    def __init__(self, kind: type[Any], template: str, **own: _Field) -> None:
        names = re.findall(r"{(\w+)}", template)
        self.kind = kind
        self._template = template
        self._fields = {
            name: own.get(name) or (_ROW if name.endswith("_id") else _FIELDS[name]) for name in names
        }
        groups = {name: f"(?P<{name}>{field.pattern})" for name, field in self._fields.items()}
        self._pattern = re.compile(template.format(**groups), re.ASCII)

    def write(self, intent: Intent) -> str:
        """Return the callback data of an intent of this kind."""
        values = {name: field.write(getattr(intent, name)) for name, field in self._fields.items()}
        return self._template.format(**values)

    def read(self, data: str) -> Intent | None:
        """Return the intent that `data` asks for, or None if it is of another kind or of none."""
        match = self._pattern.fullmatch(data)
        if match is None:
            return None
        values = {name: field.read(match[name]) for name, field in self._fields.items()}
        intent: Intent | None = None if None in values.values() else self.kind(**values)
        return intent


_FORMS = (
    _Form(intents.SetTimes, "gio:{times}"),
    _Form(intents.SetDays, "ngay:{days}", days=_DAYS),
    _Form(intents.SetQuiet, "yentinh:{start}-{end}"),
    _Form(intents.SetEdition, "bantin:{edition}"),
    _Form(intents.TakeEdition, "bantin:{is_wanted}{edition}"),
    _Form(intents.SetTopic, "chude:{is_wanted}{topic}"),
    _Form(readers.SetLength, "dodai:{length}"),
    _Form(readers.SetSilent, "tieng:{is_silent}"),
    _Form(readers.SetWeekly, "tongket:{is_wanted}"),
    _Form(readers.SetBreaking, "nong:{level}"),
    _Form(readers.SetFigure, "solieu:{is_wanted}{checksum}"),
    _Form(readers.DropWord, "tu:go:{checksum}"),
    _Form(readers.DropTaste, "tu:quen:{checksum}"),
    _Form(readers.SetPaper, "nguon:{is_out}{source}"),
    _Form(intents.Undo, "hoantac:{panel}:{profile_id}"),
    _Form(intents.TurnPage, "trang:{question_id}:{page}", page=_Field("[0-9]", int)),
    _Form(intents.ShowView, "xem:{view}:{question_id}"),
    _Form(intents.AskAgain, "hoi:{rewording}:{question_id}"),
    _Form(intents.WatchQuestion, "theodoi:hoi:{question_id}"),
    _Form(intents.SetWatch, "theodoi:{is_wanted}:{is_in_list}:{watch_id}", is_wanted=_AGAIN),
    _Form(intents.RunWatch, "theodoi:xem:{watch_id}"),
    _Form(readers.OpenCard, "tin:mo:{article_id}"),
    _Form(readers.ShowMore, "tin:them:{list_id}"),
    _Form(readers.TurnMore, "tin:trang:{list_id}:{page}"),
    _Form(readers.SaveStory, "tin:danh:{is_wanted}{article_id}"),
    _Form(readers.FollowStory, "tin:theo:{is_wanted}{article_id}"),
    _Form(readers.SetFollow, "chuyen:{is_wanted}:{is_in_list}:{follow_id}", is_wanted=_AGAIN),
    _Form(readers.Teach, "tin:gu:{liking}:{article_id}"),
    _Form(readers.OfferMute, "tin:bo:{is_wanted}{article_id}"),
    _Form(readers.MuteWord, "tin:botu:{checksum}:{article_id}"),
    _Form(readers.AskWhy, "tin:visao:{article_id}"),
    _Form(readers.ShowSaved, "dedanh:trang:{page}"),
    _Form(readers.ReadSaved, "dedanh:doc:{saved_id}:{page}"),
    _Form(readers.KeepSaved, "dedanh:lai:{saved_id}"),
    _Form(intents.PauseFor, "tamdung:{days}", days=_Field("[1-9][0-9]?", int)),
    _Form(intents.Confirm, "dongy:{question_id}"),
    _Form(operators.Preview, "quantri:xem:{edition}"),
    _Form(operators.AskToSend, "quantri:hoi:{edition}"),
    _Form(operators.SendNow, "quantri:gui:{edition}"),
    _Form(operators.ShowMailing, "quantri:so{is_correction}:{mailing_id}"),
    _Form(operators.AskToRetract, "quantri:hoithuhoi:{issue_id}"),
    _Form(operators.Retract, "quantri:thuhoi:{issue_id}"),
    _Form(operators.SendCorrection, "quantri:dinhchinh:{correction_id}"),
    _Form(operators.ShowEdition, "quantri:bt:{edition}"),
    _Form(operators.ProposeChange, "quantri:btdoi:{change}:{edition}"),
    _Form(operators.WriteChange, "quantri:btghi:{change}:{checksum}:{edition}"),
    _Form(
        operators.ChangeAnnouncement,
        "quantri:tb:{is_silent}{announcement_id}:{edition}",
        is_silent=_one_of({True: "-", False: "+"}),
        edition=_Field(f"(?:{_SLUG.pattern})?", str),
    ),
    _Form(operators.Announce, "quantri:tbgui:{announcement_id}"),
    _Form(operators.CallOffAnnouncement, "quantri:tbthoi:{announcement_id}"),
    _Form(operators.ShowGate, "quantri:duyet:{gate_id}:{page}"),
    _Form(operators.ReadGate, "quantri:duyetdoc:{gate_id}"),
    _Form(operators.AnswerGate, "quantri:duyet{is_approved}:{gate_id}"),
    _Form(
        operators.TakeStory,
        "quantri:duyet{is_wanted}:{gate_id}:{story_id}",
        is_wanted=_one_of({True: "lai", False: "bo"}),
    ),
)
_FORM_OF = {form.kind: form for form in _FORMS}
_BUTTONS = {button.value: button for button in Button}


def encode(intent: Intent) -> str:
    """Return the callback data of a button that asks for `intent`.

    >>> encode(intents.SetTimes(("06:30", "18:00")))
    'gio:06301800'
    """
    return intent.value if isinstance(intent, Button) else _FORM_OF[type(intent)].write(intent)


def parse(data: str) -> Intent | None:
    """Return the intent in `data`; None if no button of the bot has such data.

    >>> parse("chude:+kinh-te")
    SetTopic(topic='kinh-te', is_wanted=True)
    """
    if len(data) > MAX_BYTES:
        return None
    if data in _BUTTONS:
        return _BUTTONS[data]
    return next((intent for form in _FORMS if (intent := form.read(data)) is not None), None)


# Questions and stories in deep links, after `t.me/bot?start=`: at most 64 letters, digits, `-`, `_`.

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
    """Return the words in a payload; None if `write_payload` did not write it.

    >>> read_payload("q-Z2nDoSB4xINuZw"), read_payload("ban-be")
    ('giá xăng', None)
    """
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return None
    try:
        words = base64.urlsafe_b64decode(found[1] + "==").decode()  # more padding than needed is ignored
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
