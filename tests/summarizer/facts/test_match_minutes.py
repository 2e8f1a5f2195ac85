"""In which minute of a match it happened."""

from collections.abc import Callable

import pytest

TellApart = Callable[..., list[tuple[str, ...]]]
GOAL = "Phút 71, tiền đạo Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho Bến Hạ."


def test_two_papers_put_a_goal_in_different_minutes(told_apart: TellApart) -> None:
    other = "Đến phút thứ 74, Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho đội Bến Hạ."
    assert told_apart(GOAL, other) == [("phút diễn ra tình huống", "71", "74")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("Phút 72, Hữu Ngoạn đánh đầu ấn định tỷ số 3-0 cho Bến Hạ.", id="rounded"),
        pytest.param("Phút 74, Văn Trấn rời sân vì chấn thương đùi.", id="another scene"),
        pytest.param("Phút 20, Hữu Ngoạn đánh đầu mở tỷ số cho Bến Hạ.", id="far apart"),
        pytest.param("Phút 74, Hữu Ngoạn đánh đầu. Phút 71, tỷ số là 3-0 cho Bến Hạ.", id="tells both"),
    ],
)
def test_other_minutes_are_no_disagreement(told_apart: TellApart, other: str) -> None:
    assert told_apart(GOAL, other) == []
