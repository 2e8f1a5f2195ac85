"""Everyday messages are understood, and real questions are left to the search."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.chat.buttons.intents import SetDays, SetTimes
from bot.chat.talk.grammar import prepared
from bot.chat.talk.message_classifier import classify
from bot.chat.talk.understanding import ParseContext, understand
from bot.chat.talk.wishes import (
    FollowUp,
    PauseUntil,
    SetSchedule,
    SetTopics,
    ShowAddress,
    ShowItem,
    ShowPage,
    SimpleWish,
    UnwatchWords,
    WatchWords,
    Wish,
)
from bot.news.narrowing import topic_names
from bot.startup.assembly import assemble
from config.reading import TEMPLATE, parse_newsroom

_HERE = Path(__file__).parent
_ZONE = "Asia/Ho_Chi_Minh"
SUNDAY_EVENING = ParseContext(
    dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC),
    _ZONE,
    {"kinh te": "kinh-te", "the thao": "the-thao", "suc khoe": "suc-khoe"},
)


def lines(name: str) -> list[list[str]]:
    """Return the rows of a data file beside this one."""
    rows = (_HERE / name).read_text("utf-8").splitlines()
    return [row.split("\t") for row in rows if row and not row.startswith("#")]


def said(wish: Wish | None) -> str:  # one line a kind
    """Return a wish as the data file writes it."""
    match wish:
        case SimpleWish():
            return wish.value
        case PauseUntil(until):
            return f"pause until {until.astimezone(ZoneInfo(_ZONE)):%Y-%m-%dT%H:%M}"
        case SetSchedule(changes):
            return " ".join(["schedule", *map(_change, changes)])
        case SetTopics(how, topics):
            return " ".join(["topics", {"only": "=", "add": "+", "drop": "-"}[how], *sorted(topics)])
        case WatchWords(words):
            return f"watch {words}"
        case UnwatchWords(words):
            return f"unwatch {words}"
        case ShowItem(number):
            return f"item {number}"
        case ShowPage(number):
            return f"page {number}"
        case FollowUp(how, words):
            return f"follow {how} {words}"
        case ShowAddress(url):
            return f"address {url}"
        case None:
            return "question"


def _change(change: object) -> str:
    match change:
        case SetTimes(times):
            return " ".join(times)
        case SetDays(days):
            return "days " + "".join(map(str, days))
    return repr(change)


@pytest.mark.parametrize(("typed", "wanted"), lines("everyday.tsv"))
def test_an_everyday_message_is_understood(typed: str, wanted: str) -> None:
    got = said(understand(typed, SUNDAY_EVENING))
    assert got.lower() == wanted.lower()


@pytest.mark.parametrize("typed", [row[0] for row in lines("questions.tsv")])
def test_a_question_about_the_news_is_no_wish(typed: str) -> None:
    assert said(understand(typed, SUNDAY_EVENING)) == "question"


@pytest.mark.parametrize("name", ["surprises.tsv", "surprises_again.tsv"])
def test_messages_written_after_the_rules_are_understood_too(name: str) -> None:
    rows = lines(name)
    right = [row for row in rows if said(understand(row[0], SUNDAY_EVENING)).lower() == row[1].lower()]
    assert len(rows) == 30
    assert len(right) >= 28


_TEN_TOPICS = ParseContext(
    SUNDAY_EVENING.now, _ZONE, topic_names(assemble(parse_newsroom(TEMPLATE, base=Path.cwd())))
)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("people.tsv", 98),
        ("people_again.tsv", 47),
        ("people_third.tsv", 47),
        ("people_fourth.tsv", 46),
        ("strangers.tsv", 100),
        ("strangers_again.tsv", 55),
        ("strangers_third.tsv", 186),
        ("strangers_fourth.tsv", 102),
        ("strangers_fifth.tsv", 48),
    ],
)
def test_what_different_people_type_is_mostly_understood(name: str, least: int) -> None:
    """No rule or example was changed for the fourth and the last list, which were written after them."""
    rows = lines(name)
    right = [
        row for row in rows if said(understand(row[0], _TEN_TOPICS)).lower() in row[1].lower().split("|")
    ]
    assert len(right) >= least


@pytest.mark.parametrize(
    ("name", "most_taken"),
    [("questions_again.tsv", 1), ("questions_polite.tsv", 1), ("questions_like_wishes.tsv", 3)],
)
def test_hardly_a_question_about_the_news_is_taken_for_a_wish(name: str, most_taken: int) -> None:
    taken = [row[0] for row in lines(name) if said(understand(row[0], _TEN_TOPICS)) != "question"]
    assert len(taken) <= most_taken


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("thôi nghỉ đọc luôn nha, phiền lắm rồi", "leave"),
        ("ba mẹ mình chỉ mê thể thao, mấy cái kia khỏi", "topics = the-thao"),
        ("cho hai vợ chồng tôi nghỉ 3 ngày nhé", "pause until 2026-11-25T19:00"),
    ],
)
def test_a_message_that_no_rule_reads_is_read_by_its_likeness_to_examples(typed: str, wanted: str) -> None:
    plain = prepared(typed)
    assert plain
    assert said(classify(plain, _TEN_TOPICS)).lower() == wanted.lower()


def test_a_message_with_words_of_no_example_is_a_question() -> None:
    assert classify("thủ tướng thụy điển nghỉ 3 ngày", _TEN_TOPICS) is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "?",
        "👍" * 5_000,
        "gửi " * 2_000,
        "k" * 4_096,
        "http://",
        "www.",
        "https://[",
        "\x00",
        "{}{}",
        "%s",
    ],
)
def test_strange_messages_are_read_without_harm(typed: str) -> None:
    understand(typed, SUNDAY_EVENING)
