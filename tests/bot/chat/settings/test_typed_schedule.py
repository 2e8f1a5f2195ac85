"""What people type after /lich."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.buttons.intents import MOST_TIMES, Button, SetDays, SetQuiet, SetTimes, SetZone
from bot.chat.settings.typed_settings import BadQuietError, BadZoneError, TooManyTimesError, parse_schedule
from bot.times.typed_times import TypedTimeError

WEEKDAYS = SetDays((0, 1, 2, 3, 4))


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("6h30", (SetTimes(("06:30",)),)),
        ("18:00", (SetTimes(("18:00",)),)),
        ("lúc 7 giờ rưỡi tối", (SetTimes(("19:30",)),)),
        ("18:00 T2-T6", (SetTimes(("18:00",)), WEEKDAYS)),
        ("18:00, T2-T6", (SetTimes(("18:00",)), WEEKDAYS)),
        ("T2-T6 18:00", (SetTimes(("18:00",)), WEEKDAYS)),
        ("thứ hai đến thứ sáu lúc 18h", (SetTimes(("18:00",)), WEEKDAYS)),
        ("7h và 19h", (SetTimes(("07:00", "19:00")),)),
        ("19h, 7h", (SetTimes(("07:00", "19:00")),)),
        ("7h 12h 19h", (SetTimes(("07:00", "12:00", "19:00")),)),
        ("7h va 19h cuoi tuan", (SetTimes(("07:00", "19:00")), SetDays((5, 6)))),
        ("7h thứ 2,4,6", (SetTimes(("07:00",)), SetDays((0, 2, 4)))),
        ("7h và 7:00", (SetTimes(("07:00",)),)),
        ("cuối tuần", (SetDays((5, 6)),)),
        ("hằng ngày", (SetDays((0, 1, 2, 3, 4, 5, 6)),)),
        ("múi giờ Europe/Berlin", (SetZone("Europe/Berlin"),)),
        ("mui gio: berlin", (SetZone("Europe/Berlin"),)),
        ("Múi giờ Hà Nội", (SetZone("Asia/Ho_Chi_Minh"),)),
        ("yên tĩnh 22:00-6:30", (SetQuiet(1320, 390),)),
        ("yen tinh tu 23h den 6h", (SetQuiet(1380, 360),)),
        ("Yên tĩnh tắt", (SetQuiet(0, 0),)),
        ("mặc định", (Button.USE_DEFAULTS,)),
    ],
)
def test_a_line_is_read_as_it_is_meant(text: str, changes: tuple[object, ...]) -> None:
    assert parse_schedule(text).changes == changes


@pytest.mark.parametrize(("text", "time"), [("6h32", "06:30"), ("6h33", "06:35"), ("23:59", "23:55")])
def test_a_time_between_the_steps_is_rounded_and_that_is_told(text: str, time: str) -> None:
    typed = parse_schedule(text)
    assert typed.changes == (SetTimes((time,)),)
    assert typed.is_rounded


def test_a_time_on_a_step_is_not_called_rounded() -> None:
    assert not parse_schedule("6h30 và 18:05").is_rounded


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("mai nhé", TypedTimeError),
        ("24:00", TypedTimeError),
        ("25h61", TypedTimeError),
        ("-1:00", TypedTimeError),
        ("7h-19h", TypedTimeError),
        ("18:00 T9", TypedTimeError),
        ("18:00 T2-T6 nhé bạn", TypedTimeError),
        ("*", TypedTimeError),
        ("<b>6h</b>", TypedTimeError),
        ("6h30\x00", TypedTimeError),
        ("6h " * 60, TypedTimeError),
        ("9" * 79, TypedTimeError),
        ("6h 7h 8h 9h 10h", TooManyTimesError),
        ("múi giờ Mars/X", BadZoneError),
        ("múi giờ GMT+7", BadZoneError),
        ("múi giờ ../../etc/passwd", BadZoneError),
        ("múi giờ", BadZoneError),
        ("yên tĩnh", BadQuietError),
        ("yên tĩnh 22:00", BadQuietError),
        ("yên tĩnh 22:00-25:00", BadQuietError),
        ("yên tĩnh 1-2-3", BadQuietError),
        ("yên tĩnh quá", BadQuietError),
    ],
)
def test_a_line_that_means_nothing_is_refused_for_its_reason(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_schedule(text)


@pytest.mark.parametrize("text", ["24:00", "25h61", "24:00 T2-T6"])
def test_an_impossible_time_is_told_from_an_unreadable_line(text: str) -> None:
    with pytest.raises(TypedTimeError) as caught:
        parse_schedule(text)
    assert caught.value.reason == "impossible"


@given(st.text(max_size=120) | st.text("0123456789h:-, T267ngàyvàcn", max_size=60))
def test_any_line_is_read_or_refused(text: str) -> None:
    try:
        typed = parse_schedule(text)
    except (TypedTimeError, TooManyTimesError, BadQuietError, BadZoneError):
        return
    for change in typed.changes:
        if isinstance(change, SetTimes):
            assert 1 <= len(change.times) <= MOST_TIMES
            assert list(change.times) == sorted(set(change.times))
            assert all(int(time[3:]) % 5 == 0 for time in change.times)
