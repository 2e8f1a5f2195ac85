"""Times of day, days and minutes that papers report differently, and those of other things."""

from collections.abc import Callable

import pytest

Differences = Callable[..., list[tuple[str, ...]]]
CRASH = "Khoảng 14h30 ngày 21/11, xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ."
HANDED = "Ngày 20-11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho ngư dân huyện Bến Hạ."
GOAL = "Phút 71, tiền đạo Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho Bến Hạ."


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
def test_two_papers_put_one_event_at_different_times(
    differences: Differences, other: str, value: str
) -> None:
    assert differences(CRASH, other) == [("giờ xảy ra", "14h30", value)]


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
def test_other_times_are_no_disagreement(differences: Differences, other: str) -> None:
    assert differences(CRASH, other) == []


def test_a_time_told_a_day_later_may_be_another_events(differences: Differences) -> None:
    other = "Lúc 15h20 ngày 21-11, một xe tải đâm vào nhà dân ở xã Nậm Cơi, huyện Bến Hạ."
    assert differences(CRASH, other, hours=23) != []
    assert differences(CRASH, other, hours=25) == []


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        (
            HANDED,
            "Ngày 21.11, xưởng Rạch Sấu đã bàn giao tàu cá vỏ thép cho ngư dân Bến Hạ.",
            ("20-11", "21.11"),
        ),
        (
            "Tàu Sông Bứa bị bắt giữ hôm 19/11 trên vịnh Lam Sơn vì chở dầu lậu.",
            "Chở dầu lậu, tàu Sông Bứa bị cảnh sát bắt giữ hôm 18/11 và đang neo ở cảng.",
            ("19/11", "18/11"),
        ),
    ],
)
def test_two_papers_put_one_event_on_different_days(
    differences: Differences, one: str, other: str, values: tuple[str, str]
) -> None:
    assert differences(one, other) == [("ngày xảy ra", *values)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Ngày 21/11, xưởng Rạch Sấu cho biết bàn giao tàu vỏ thép ở Bến Hạ.", id="a statement"),
        pytest.param("Trước ngày 21/11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="a limit"),
        pytest.param("Ngày 28/11, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="another event"),
        pytest.param("Ngày 21/11, chợ hoa Lam Sơn mở cửa đón khách đầu mùa.", id="other words"),
        pytest.param("Ngày 21/20, xưởng Rạch Sấu bàn giao tàu cá vỏ thép cho Bến Hạ.", id="no month"),
    ],
)
def test_other_days_are_no_disagreement(differences: Differences, other: str) -> None:
    assert differences(HANDED, other) == []


def test_papers_of_two_days_tell_of_two_days(differences: Differences) -> None:
    other = "Ngày 21.11, xưởng Rạch Sấu đã bàn giao tàu cá vỏ thép cho ngư dân Bến Hạ."
    assert differences(HANDED, other, hours=23.5) == []
    assert differences(HANDED, other, published=False) == []


def test_two_papers_put_a_goal_in_different_minutes(differences: Differences) -> None:
    other = "Đến phút thứ 74, Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho đội Bến Hạ."
    assert differences(GOAL, other) == [("phút diễn ra tình huống", "71", "74")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Phút 72, Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho Bến Hạ.", id="rounded"),
        pytest.param("Phút 74, Văn Trấn rời sân vì chấn thương đùi.", id="another scene"),
        pytest.param("Phút 20, Hữu Ngoạn đánh đầu mở tỷ số cho Bến Hạ.", id="far apart"),
        pytest.param("Phút 74, Hữu Ngoạn đánh đầu. Phút 71, tỷ số là 3-0 cho Bến Hạ.", id="tells both"),
    ],
)
def test_other_minutes_are_no_disagreement(differences: Differences, other: str) -> None:
    assert differences(GOAL, other) == []
