"""Times, days and waits in words."""

import datetime as dt

import pytest

from bot.messages.spoken import say_days, say_list, say_moment, say_wait, say_zone

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)  # Sunday, 19:00 in Việt Nam


@pytest.mark.parametrize(
    ("hours_ahead", "words"),
    [
        (0, "19:00 tối nay"),
        (3, "22:00 đêm nay"),
        (5, "00:00 rạng sáng mai"),
        (9, "04:00 sáng mai"),
        (16, "11:00 trưa mai"),
        (18, "13:00 chiều mai"),
        (23, "18:00 tối mai"),
        (36, "07:00 sáng thứ Ba, 24/11"),
        (6 * 24 + 12, "07:00 sáng Chủ nhật, 29/11"),
        (-12, "07:00 sáng nay"),
        (-36, "07:00 sáng thứ Bảy, 21/11"),
    ],
)
def test_a_moment_is_said_as_people_say_it(hours_ahead: int, words: str) -> None:
    assert say_moment(NOW + dt.timedelta(hours=hours_ahead), "Asia/Ho_Chi_Minh", now=NOW) == words


def test_tomorrow_is_the_readers_tomorrow() -> None:
    moment = NOW + dt.timedelta(hours=6)
    assert say_moment(moment, "Asia/Ho_Chi_Minh", now=NOW) == "01:00 rạng sáng mai"
    assert say_moment(moment, "Europe/Berlin", now=NOW) == "19:00 tối nay"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (range(7), "hằng ngày"),
        ([4, 5, 6], "từ thứ Sáu đến Chủ nhật"),
        ([0, 1], "thứ Hai và thứ Ba"),
        ([6], "Chủ nhật"),
        ([0, 6], "thứ Hai và Chủ nhật"),
    ],
)
def test_days_are_said_as_people_say_them(days: list[int], words: str) -> None:
    assert say_days(days) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "1 giây"), (89.5, "2 phút"), (60, "60 giây"), (3_541, "60 phút")]
)
def test_a_wait_is_never_said_too_short(seconds: float, words: str) -> None:
    assert say_wait(dt.timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("words", "said"), [([], ""), (["một"], "một"), (["một", "hai"], "một và hai")])
def test_short_lists_are_joined_rightly(words: list[str], said: str) -> None:
    assert say_list(words) == said


def test_a_zone_without_a_region_is_said_by_its_name() -> None:
    assert say_zone("UTC") == "giờ UTC"
