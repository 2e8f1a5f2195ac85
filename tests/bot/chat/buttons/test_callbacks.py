"""Callback data: every intent comes back as it was, and nothing else comes back at all."""

import string
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.buttons.callbacks import MAX_BYTES, encode, parse
from bot.chat.buttons.choice_intents import DropTaste, DropWord, SetLength, SetPaper, SetSilent
from bot.chat.buttons.intents import (
    MOST_TIMES,
    AnswerView,
    AskAgain,
    AskToSend,
    Button,
    Confirm,
    Intent,
    Panel,
    PauseFor,
    Preview,
    Rewording,
    RunWatch,
    SendNow,
    SetDays,
    SetEdition,
    SetQuiet,
    SetTimes,
    SetTopic,
    ShowView,
    StopWatching,
    TurnPage,
    Undo,
    WatchAgain,
    WatchQuestion,
)
from bot.chat.buttons.story_intents import (
    AskWhy,
    FollowAgain,
    FollowStory,
    KeepSaved,
    OpenCard,
    ReadSaved,
    SaveStory,
    ShowMore,
    ShowSaved,
    Teach,
    TurnMore,
    Unfollow,
)
from storage.profiles import Length

_WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
slugs = st.lists(_WORD, min_size=1, max_size=4).map("-".join).filter(lambda slug: len(slug) <= 32)
row_ids = st.integers(1, 10**18 - 1)
five_minutes = st.integers(0, 287).map(lambda n: f"{n // 12:02}:{n % 12 * 5:02}")


def _ordered(values: set[str]) -> tuple[str, ...]:
    return tuple(sorted(values))


intents: st.SearchStrategy[Intent] = st.one_of(
    st.sampled_from(Button),
    st.builds(SetTimes, st.sets(five_minutes, max_size=MOST_TIMES).map(_ordered)),
    st.builds(SetDays, st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days)))),
    st.builds(SetQuiet, st.integers(0, 1439), st.integers(0, 1439)),
    st.builds(SetEdition, slugs),
    st.builds(SetTopic, slugs, st.booleans()),
    st.builds(SetLength, st.sampled_from(get_args(Length))),
    st.builds(SetSilent, st.booleans()),
    st.builds(DropWord, st.integers(0, 2**32 - 1)),
    st.builds(DropTaste, st.integers(0, 2**32 - 1)),
    st.builds(SetPaper, slugs, st.booleans()),
    st.builds(Undo, row_ids, st.sampled_from(get_args(Panel))),
    st.builds(TurnPage, row_ids, st.integers(0, 9)),
    st.builds(ShowView, row_ids, st.sampled_from(get_args(AnswerView))),
    st.builds(AskAgain, row_ids, st.sampled_from(get_args(Rewording))),
    st.builds(WatchQuestion, row_ids),
    st.builds(StopWatching, row_ids, st.booleans()),
    st.builds(WatchAgain, row_ids, st.booleans()),
    st.builds(RunWatch, row_ids),
    st.builds(OpenCard, row_ids),
    st.builds(ShowMore, row_ids),
    st.builds(TurnMore, row_ids, st.integers(0, 99)),
    st.builds(SaveStory, row_ids, st.booleans()),
    st.builds(FollowStory, row_ids, st.booleans()),
    st.builds(Unfollow, row_ids, st.booleans()),
    st.builds(FollowAgain, row_ids, st.booleans()),
    st.builds(Teach, row_ids, st.sampled_from([-1, 0, 1])),
    st.builds(AskWhy, row_ids),
    st.builds(ShowSaved, st.integers(0, 99)),
    st.builds(ReadSaved, row_ids, st.integers(0, 99)),
    st.builds(KeepSaved, row_ids),
    st.builds(Confirm, row_ids),
    st.builds(PauseFor, st.integers(1, 99)),
    st.builds(Preview, slugs),
    st.builds(AskToSend, slugs),
    st.builds(SendNow, slugs),
)


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
        "gio:00000500100015002000",  # five times
        "gio:٠٦٣٠",
        "ngay:10",
        "ngay:7",
        "ngay:00",
        "yentinh:1440-0",
        "yentinh:01-5",
        "yentinh:-1-5",
        "bantin:Sáng",
        "bantin:-sang",
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
