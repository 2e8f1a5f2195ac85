"""At what time of day it happened: one event's time told differently, and times of other things."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
CRASH = "Khoảng 14h30 ngày 21/11, xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ."


@pytest.mark.parametrize(
    ("other", "value"),
    [
        ("Lúc 15h20 ngày 21-11, một xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ.", "15h20"),
        ("Lúc 3 giờ 20 phút chiều nay, xe tải đâm vào nhà dân ở xã Nậm Cơi (Bến Hạ).", "3 giờ 20 phút chiều"),
        (
            "Vụ việc ở xã Nậm Cơi, huyện Bến Hạ xảy ra hồi 13g ngày 21/11, nhiều người chứng kiến kể lại.",
            "13g",
        ),
    ],
)
def test_two_papers_put_one_event_at_different_times(told_apart: TellApart, other: str, value: str) -> None:
    assert told_apart(CRASH, other) == [("giờ xảy ra", "14h30", value)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Gần 14h45 ngày 21/11, xe tải đâm nhà dân ở xã Nậm Cơi, Bến Hạ.", id="about the same"),
        pytest.param("Lúc 2h30 ngày 21/11, xe tải đâm vào nhà dân ở Nậm Cơi, Bến Hạ.", id="afternoon"),
        pytest.param("Lúc 15h20 ngày 20/11, xe tải đâm vào nhà dân ở Nậm Cơi, Bến Hạ.", id="another day"),
        pytest.param("Đến 15h20 ngày 21/11, xe tải đâm nhà dân ở Nậm Cơi, Bến Hạ được kéo đi.", id="later"),
        pytest.param("Sau 16 giờ, xe tải đâm vào nhà dân ở Nậm Cơi, Bến Hạ được kéo đi.", id="a span"),
        pytest.param("Lúc 15h20 ngày 21/11, ông Trấn mừng thọ tám mươi tại Lam Sơn.", id="another event"),
        pytest.param("Lúc 15h20, xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ.", id="no day"),
        pytest.param("Khoảng 15h 21/11, xe tải khác. Lúc 14h30 21/11, xe tải đâm nhà dân.", id="tells both"),
        pytest.param("Đèn sáng 24h ngày 21/11 ở xã Nậm Cơi, huyện Bến Hạ.", id="an hour too many"),
    ],
)
def test_other_times_are_no_disagreement(told_apart: TellApart, other: str) -> None:
    assert told_apart(CRASH, other) == []


def test_a_time_told_a_day_later_may_be_another_events(told_apart: TellApart) -> None:
    other = "Lúc 15h20 ngày 21-11, một xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ."
    assert told_apart(CRASH, other, hours=23) != []
    assert told_apart(CRASH, other, hours=25) == []
