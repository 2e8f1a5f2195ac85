"""What papers disagree on: the same thing counted, and nothing that merely looks so."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.model import Disagreement, Document, Piece
from summarizer.stories.disagreements import find_disagreements

Find = Callable[..., tuple[Disagreement, ...]]

FLOOD = "Lũ quét ở xã Nậm Cơi làm 3 người bị thương."
FLOOD_OTHER = "Theo chính quyền xã Nậm Cơi, năm người bị thương sau trận lũ quét."


def values_of(found: tuple[Disagreement, ...]) -> list[tuple[str, list[str]]]:
    return [(one.what, [claim.value for claim in one.claims]) for one in found]


def test_two_papers_count_the_injured_differently(disagree: Find) -> None:
    assert values_of(disagree(FLOOD, FLOOD_OTHER)) == [("số người bị thương", ["3 người", "năm người"])]


def test_a_figure_keeps_the_place_of_its_sentence(disagree: Find) -> None:
    intro = "Trời đã tạnh từ trưa nay. "
    claim = disagree(FLOOD, intro + FLOOD_OTHER)[0].claims[1]
    assert (claim.article_id, claim.source, claim.field) == (1, "Báo 1", "body")
    assert (intro + FLOOD_OTHER)[claim.start : claim.end] == FLOOD_OTHER


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (
            "Dự án cầu Rạch Sấu có tổng mức đầu tư 640 tỷ đồng.",
            "Cầu Rạch Sấu là dự án có tổng mức đầu tư là 790 tỷ đồng, khởi công tháng trước.",
            "tổng mức đầu tư",
        ),
        (
            "Anh Trần Văn Lựu (41 tuổi) lái xe tải.",
            "Tài xế Trần Văn Lựu (46 tuổi) khai nhận sự việc.",
            "tuổi của Trần Văn Lựu",
        ),
        (
            "Gió giật làm 120 căn nhà tốc mái trong đêm.",
            "Thống kê cho thấy 150 nhà tốc mái vì gió giật.",
            "số nhà tốc mái",
        ),
        (
            "Mưa lớn làm 12 tuyến phố ở Hạ Lam ngập sâu từ nửa đêm.",
            "Ít nhất 15 tuyến phố ở Hạ Lam ngập sâu sau trận mưa lớn đêm qua.",
            "số tuyến phố ở Hạ Lam ngập sâu",
        ),
        ("Hai công nhân thiệt mạng.", "Vụ sập giàn giáo làm ba công nhân chết.", "số công nhân chết"),
    ],
)
def test_the_thing_counted_is_named_in_the_papers_words(
    disagree: Find, one: str, other: str, what: str
) -> None:
    assert [disagreement.what for disagreement in disagree(one, other)] == [what]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "Bão làm 3 người chết.", "Bão làm 5 người bị thương.", id="the dead are not the injured"
        ),
        pytest.param(FLOOD, "Cơ quan dự báo: có thể 5 người bị thương.", id="a forecast is no count"),
        pytest.param(FLOOD, "Nếu vỡ đê, 5 người bị thương.", id="a condition is no count"),
        pytest.param(
            "Hơn 200 nhà tốc mái vì gió giật.", "Gió giật làm 214 nhà tốc mái.", id="rounding is agreement"
        ),
        pytest.param(
            "Ngày 4/11, xã có 3 người bị thương.", "Ngày 7/11, xã có 5 người bị thương.", id="different days"
        ),
        pytest.param(
            "Ở tỉnh Bến Hạ có 3 người bị thương.",
            "Ở tỉnh Lam Sơn có 5 người bị thương.",
            id="different places",
        ),
        pytest.param(
            "Thu ngân sách tỉnh đạt 300 tỷ đồng.", "Chi ngân sách tỉnh đạt 420 tỷ đồng.", id="opposites"
        ),
        pytest.param(
            "Chị Lê Thị Na (30 tuổi) bị bỏng.", "Chị Ngô Thị Sen (38 tuổi) bị bỏng.", id="two people's ages"
        ),
        pytest.param(
            "Quỹ có 3 tỷ đồng.", "Trời mưa 3 ngày liền, 5 tỷ đồng tiêu tan.", id="other words around"
        ),
        pytest.param(FLOOD, "Có 3 người bị thương. Sau đó 5 người bị thương.", id="the other tells both"),
        pytest.param("Có 3 nam sinh bị thương.", "Có 300 nam sinh bị thương.", id="too far apart"),
    ],
)
def test_papers_that_speak_of_different_things_do_not_disagree(disagree: Find, one: str, other: str) -> None:
    assert disagree(one, other) == ()


def test_a_toll_that_rose_hours_later_is_news_and_no_disagreement(disagree: Find) -> None:
    assert disagree(FLOOD, FLOOD_OTHER, hours=8) == ()
    assert disagree(FLOOD_OTHER, FLOOD, hours=8) != ()


GOLD = "Giá vàng miếng bán ra là 36,58 triệu đồng/lượng."
GOLD_OTHER = "Giá vàng miếng bán ra là 36,8 triệu đồng/lượng."


def test_prices_of_two_days_are_no_disagreement_and_those_of_one_day_are(disagree: Find) -> None:
    assert disagree(GOLD, GOLD_OTHER) != ()
    assert disagree(GOLD, GOLD_OTHER, hours=23.5) == ()


def test_prices_without_a_day_of_publication_say_nothing(disagree: Find) -> None:
    assert disagree(GOLD, GOLD_OTHER, published=False) == ()
    assert disagree(FLOOD, FLOOD_OTHER, published=False) != ()


def test_a_paper_does_not_disagree_with_itself(disagree: Find) -> None:
    assert disagree(FLOOD, FLOOD_OTHER, papers=("Báo Đò", "Báo Đò")) == ()


def test_a_third_paper_joins_with_a_figure_of_its_own(disagree: Find) -> None:
    third = "Bệnh viện xác nhận 7 người bị thương."
    same = "Theo trưởng thôn, 3 người bị thương."
    assert values_of(disagree(FLOOD, FLOOD_OTHER, third, same, papers=("A", "B", "C", "D"))) == [
        ("số người bị thương", ["3 người", "năm người", "7 người"])
    ]


def test_a_single_report_and_no_report_agree(disagree: Find) -> None:
    assert disagree(FLOOD) == disagree() == ()


def test_a_sentence_as_long_as_a_list_tells_nothing_that_could_be_compared(disagree: Find) -> None:
    born, other = "Anh Lê Bá Ngoạn (30 tuổi)", "anh Lê Bá Ngoạn (34 tuổi)"
    crowd = " cùng bạn bè" * 90
    assert disagree(f"{born} đi bộ.", f"Hôm ấy {other} đi bộ.") != ()
    assert disagree(f"{born} đi bộ.", f"Hôm ấy {other}{crowd} đi bộ.") == ()


@given(st.lists(st.text(alphabet="0123456789., ngườibịthươngđồngABh/-tuổixã\n(", max_size=80), max_size=4))
def test_whatever_papers_write_each_figure_stands_in_its_sentence(texts: list[str]) -> None:
    moment = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    pieces = [
        Piece(
            n,
            Document("Tin", body=text),
            (),
            f"Báo {n}",
            f"Báo {n}",
            None,
            None,
            moment,
            moment,
            "full",
            False,
        )
        for n, text in enumerate(texts)
    ]
    for disagreement in find_disagreements(pieces):
        assert len({claim.source for claim in disagreement.claims}) == len(disagreement.claims) >= 2
        for claim in disagreement.claims:
            sentence = texts[claim.article_id][claim.start : claim.end]
            assert claim.value in " ".join(sentence.split())
