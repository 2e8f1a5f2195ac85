"""Callback data: every intent survives a round trip, and no other data is accepted."""

import dataclasses
import string
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.callbacks import MAX_BYTES, encode, parse
from bot.chat.buttons.intents import (
    MOST_TIMES,
    AnswerView,
    Button,
    Intent,
    Panel,
    PauseFor,
    Rewording,
    SetTopic,
    SetWatch,
    TurnPage,
)
from storage.profiles import Length

_WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
slugs = st.lists(_WORD, min_size=1, max_size=4).map("-".join).filter(lambda slug: len(slug) <= 32)
row_ids = st.integers(1, 10**18 - 1)
five_minutes = st.integers(0, 287).map(lambda n: f"{n // 12:02}:{n % 12 * 5:02}")
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "times": st.sets(five_minutes, max_size=MOST_TIMES).map(lambda times: tuple(sorted(times))),
    "days": st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    "start": st.integers(0, 1439),
    "end": st.integers(0, 1439),
    "edition": slugs,
    "topic": slugs,
    "source": slugs,
    "page": st.integers(0, 99),
    "length": st.sampled_from(get_args(Length)),
    "checksum": st.integers(0, 2**32 - 1),
    "panel": st.sampled_from(get_args(Panel)),
    "view": st.sampled_from(get_args(AnswerView)),
    "rewording": st.sampled_from(get_args(Rewording)),
    "level": st.integers(0, 2),
    "liking": st.sampled_from([-1, 0, 1]),
    "change": st.sampled_from(["+0630", "-2359", "n0123456", "n56", "p0", "p1"]),
}
OWN = {(TurnPage, "page"): st.integers(0, 9), (PauseFor, "days"): st.integers(1, 99)}


def _values(kind: Any, name: str) -> st.SearchStrategy[Any]:
    if name.endswith("_id"):
        return row_ids
    if name.startswith("is_"):
        return st.booleans()
    return OWN[kind, name] if (kind, name) in OWN else FIELDS[name]


def _of(kind: Any) -> st.SearchStrategy[Intent]:
    names = [field.name for field in dataclasses.fields(kind)]
    return st.builds(kind, **{name: _values(kind, name) for name in names})


KINDS: list[Any] = [kind for kind in get_args(Intent) if kind is not Button]
intents: st.SearchStrategy[Intent] = st.one_of(st.sampled_from(Button), *map(_of, KINDS))


@given(intents)
def test_every_intent_comes_back_from_its_callback_data(intent: Intent) -> None:
    data = encode(intent)
    assert len(data.encode()) <= MAX_BYTES
    assert parse(data) == intent


@given(st.text(max_size=80) | st.text(string.ascii_lowercase + string.digits + ":-+*", max_size=80))
def test_whatever_is_read_as_an_intent_is_exactly_what_that_intent_writes(data: str) -> None:
    intent = parse(data)
    assert intent is None or encode(intent) == data


@given(intents, st.text(min_size=1, max_size=3), st.booleans())
def test_data_with_something_added_is_never_read_as_the_same_intent(
    intent: Intent, extra: str, is_before: bool
) -> None:
    data = encode(intent)
    assert parse(extra + data if is_before else data + extra) != intent


@pytest.mark.parametrize(
    "data",
    [
        "",
        "gio",
        "gio:0631",  # not on five minutes
        "gio:2400",
        "gio:18000630",  # out of order
        "gio:06300630",
        "gio:063006301800",
        "gio:00000500100015002000",  # five times
        "gio:٠٦٣٠",
        "ngay:10",
        "ngay:7",
        "ngay:00",
        "ngay:001",
        "yentinh:1440-0",
        "yentinh:0-1441",
        "yentinh:01-5",
        "yentinh:-1-5",
        "bantin:Sáng",
        "bantin:--sang",
        "bantin:" + "a" * 33,
        "chude:kinh-te",
        "chude:+kinh_te",
        "chude:+",
        "hoantac:schedule:0",
        "hoantac:quantri:5",
        "hoantac:schedule:1e3",
        "trang:12:10",
        "trang:12:-1",
        "trang:0:1",
        "trang:" + "9" * 19 + ":1",
        "trang:1:1\n",
        "theodoi:",
        "theodoi:hoi:0",
        "theodoi:thoi:12",
        "theodoi:thoi:xx:12",
        "theodoi:lai:ds:-1",
        "theodoi:xem:1.5",
        "quantri:gui:",
        "quantri:gui:../x",
        "LICH",
        "lich\x00",
        "x" * 65,
        "chude:+" + "a" * 1_000,
    ],
)
def test_data_that_no_button_of_ours_has_is_no_intent(data: str) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(
    "data",
    [
        "gio:",
        "gio:0000050010002355",  # four times
        "ngay:",
        "ngay:0123456",
        "yentinh:0-1439",
        "yentinh:1439-0",
        "bantin:" + "a" * 32,
        "hoantac:schedule:" + "9" * 18,
        "trang:1:9",
        "tin:trang:1:99",
        "tamdung:1",
        "tamdung:99",
        "nong:0",
        "nong:2",
        "solieu:-00000000",
        "solieu:+ffffffff",
        "quantri:btghi:n0123456:ffffffff:" + "a" * 32,  # 64 bytes
    ],
)
def test_the_least_and_the_most_that_a_button_can_ask_for_is_read(data: str) -> None:
    intent = parse(data)
    assert intent is not None
    assert encode(intent) == data


@pytest.mark.parametrize(
    ("intent", "data"),
    [
        (readers.Teach(1, 1), "tin:gu:hon:1"),
        (readers.Teach(1, -1), "tin:gu:it:1"),
        (readers.Teach(1, 0), "tin:gu:bo:1"),
        (SetTopic("kinh-te", is_wanted=True), "chude:+kinh-te"),
        (SetTopic("kinh-te", is_wanted=False), "chude:-kinh-te"),
        (readers.SetPaper("bao-bien", is_out=True), "nguon:-bao-bien"),
        (readers.SetPaper("bao-bien", is_out=False), "nguon:+bao-bien"),
        (readers.SetSilent(is_silent=True), "tieng:khong"),
        (readers.SetSilent(is_silent=False), "tieng:co"),
        (readers.SetFollow(3, is_in_list=True, is_wanted=False), "chuyen:thoi:ds:3"),
        (readers.SetFollow(3, is_in_list=False, is_wanted=False), "chuyen:thoi:tin:3"),
        (readers.SetFollow(3, is_in_list=True, is_wanted=True), "chuyen:lai:ds:3"),
        (SetWatch(3, is_in_list=True, is_wanted=False), "theodoi:thoi:ds:3"),
        (SetWatch(3, is_in_list=False, is_wanted=True), "theodoi:lai:tin:3"),
        (operators.ShowMailing(3, is_correction=False), "quantri:so:3"),
        (operators.ShowMailing(3, is_correction=True), "quantri:sodinhchinh:3"),
        (operators.AnswerGate(3, is_approved=True), "quantri:duyetgui:3"),
        (operators.AnswerGate(3, is_approved=False), "quantri:duyetgiu:3"),
        (operators.TakeStory(3, 4, is_wanted=False), "quantri:duyetbo:3:4"),
        (operators.TakeStory(3, 4, is_wanted=True), "quantri:duyetlai:3:4"),
        (operators.ChangeAnnouncement(3, "", is_silent=True), "quantri:tb:-3:"),
        (operators.ChangeAnnouncement(3, "", is_silent=False), "quantri:tb:+3:"),
        (readers.SetFigure(0xBEEF, is_wanted=True), "solieu:+0000beef"),
    ],
)
def test_a_button_that_was_sent_long_ago_means_what_it_meant(intent: Intent, data: str) -> None:
    assert parse(data) == intent
    assert encode(intent) == data
