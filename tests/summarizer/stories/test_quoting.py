"""Which articles of a story may be quoted beside the one that leads it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from summarizer.digest import Preferences, compose
from summarizer.facts.same_figures import gives_other_figure
from summarizer.model import Candidate, Piece
from summarizer.stories.grouping import JOIN_AT
from summarizer.stories.neighbours import QUOTE_AT, common_words, surely_same
from summarizer.stories.prepared import Prepared
from summarizer.stories.terms import Frequencies

Builder = Callable[..., Piece]
LEADS = json.loads(Path(__file__).with_name("leads.json").read_text(encoding="utf-8"))
ONE, TWO = LEADS["one event"], LEADS["two events"]


def pieces_of(piece: Builder, leads: list[tuple[str, str, int]]) -> list[Piece]:
    return [
        piece(number, title=title, sapo=sapo, paper=f"Báo {number}", hours_ago=40 - hours)
        for number, (title, sapo, hours) in enumerate(leads)
    ]


@pytest.mark.parametrize("kind", ONE)
def test_another_papers_report_of_the_event_may_be_quoted(piece: Builder, kind: str) -> None:
    pieces = pieces_of(piece, ONE[kind])
    assert surely_same(pieces, Frequencies()) == pieces


@pytest.mark.parametrize("kind", TWO)
def test_what_got_into_the_story_by_mistake_is_not_quoted(piece: Builder, kind: str) -> None:
    pieces = pieces_of(piece, TWO[kind])
    assert surely_same(pieces, Frequencies()) == pieces[:1]


def test_more_is_asked_for_a_quotation_than_for_a_story() -> None:
    assert JOIN_AT < QUOTE_AT < 1


def test_words_that_all_the_news_has_make_no_report_sure(piece: Builder) -> None:
    cup = [f"Cúp Sông Hậu: chuyện riêng{n} của đội lạ{n}" for n in range(200)]
    two = pieces_of(piece, [["Trận ba ở Cúp Sông Hậu", "", 0], ["Trận tư ở Cúp Sông Hậu", "", 0]])
    news = common_words([piece(9 + n, title=title, sapo=" ") for n, title in enumerate(cup)])
    assert surely_same(two, news) == two[:1]


def test_a_digest_neither_quotes_nor_compares_what_may_be_another_event(piece: Builder, slot: object) -> None:
    """Its paper stays among the sources: a wrong source costs less than a wrong sentence."""
    wrong = pieces_of(piece, TWO["two floods"])
    prepared = Prepared([Candidate(1, tuple(wrong))], slot=slot, topic_order=())
    told = compose(prepared, Preferences(), edition="sang", title="").stories[0]
    assert len({quote.article_id for quote in told.quotes}) <= 1
    assert told.disagreement is None
    assert len(told.sources) == 2


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Số người chết trong vụ cháy là 12.", []),
        ("Vụ cháy chợ Bến Cau làm 12 người chết.", ["Vụ cháy chợ Bến Cau: 12 người chết"]),
        ("Ngọn lửa bùng lên lúc 3 giờ.", ["Vụ cháy chợ Bến Cau làm 12 người chết"]),
        ("Vụ cháy làm 9 người bị thương.", ["Vụ cháy chợ Bến Cau làm 12 người chết"]),
        ("Bão làm 8 người mất tích.", ["Bão làm 27 người chết."]),
        ("Lũ làm 12 người thiệt mạng, 40 người bị thương.", ["Lũ quét làm 12 người chết."]),
        ("Khoảng 1.980 người thiệt mạng.", ["Gần 2.000 người chết trong trận động đất."]),
        ("Vụ tai nạn làm 5 người chết.", ["Xe chở 30 người lao xuống vực."]),
        ("Bị cáo Bình lĩnh 9 năm tù.", ["Bị cáo Nam lĩnh 12 năm tù."]),
        ("Đội Vạn Cát thắng đội Đồi Sim 2-0.", ["Đội Bến Cau thắng đội Cà Ná 3-1 ở chung kết."]),
        ("Vạn Cát thắng đội Đồi Sim 2-0 ở bán kết.", ["Bến Cau thắng đội Cà Ná 3-1 ở chung kết."]),
        ("Đợt mưa kéo dài từ 2-4 ngày, đội Bến Cau thắng.", ["Đội Bến Cau thắng 3-1."]),
        ("Công an tạm giữ 25 người của sàn vàng.", ["Số nạn nhân của sàn vàng lên tới 3.460 người."]),
        ("Ở đó có 80 người bán hàng.", ["Số khách của lễ hội lên đến 5.000 người."]),
        ("Lũ làm 200 người bị thương.", ["Số người phải sơ tán tăng lên 900 người."]),
        ("Ông Bình, 60 tuổi, đưa cháu Nam, 7 tuổi, về.", ["Cháu Nam, 8 tuổi, đã về nhà."]),
        ("Cậu bé 10 tuổi bị sóng cuốn.", ["Nhân viên cứu hộ Nam 16 tuổi được khen."]),
        ("Bến phà có 30 người trực.", ["Khi ấy đã lên phà 40 người."]),
    ],
)
def test_figures_that_agree_or_count_something_else_may_follow(sentence: str, told: list[str]) -> None:
    assert not gives_other_figure(sentence, told)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Vụ cháy chợ Bến Cau làm 9 người chết.", "Vụ cháy chợ Bến Cau làm 12 người chết."),
        ("Nhà chức trách cho biết 9 người thiệt mạng.", "Cháy chợ Bến Cau: 12 người chết"),
        ("Đã có gần 2.000 người bị thương.", "Đã có 3.460 người bị thương sau trận động đất."),
        ("Động đất làm gần 2.000 người chết.", "Số ca tử vong đã lên tới 3.460."),
        ("Vụ cháy chợ Bến Cau làm 6 người chết.", "Số người chết trong vụ cháy chợ tăng lên 9."),
        ("Vụ nổ khiến ít nhất 30 người bị thương.", "Đã có 45 người bị thương trong vụ nổ."),
        ("Tàu chìm làm 18 hành khách thiệt mạng.", "Tàu chìm, 21 người tử vong, đang tìm 8 người."),
        ("Ít nhất một chục người chết.", "Số nạn nhân thiệt mạng tăng lên mười hai người."),
        ("Khoảng 700 hộ dân đã được sơ tán.", "Lực lượng chức năng đã sơ tán 1.200 hộ dân."),
        ("Quỹ đã nhận 1 tỷ 800 triệu đồng ủng hộ.", "Quỹ đã nhận 2,3 tỷ đồng ủng hộ."),
        (
            "Giá vàng miếng SJC ở mức 149,5 triệu đồng một lượng.",
            "Giá vàng miếng SJC lên 152 triệu đồng một lượng.",
        ),
        ("Nhóm này lừa gần 2.000 người ở bảy tỉnh.", "Số nạn nhân của sàn vàng lên tới 3.460 người."),
        ("Dịch sởi: 860 ca mắc ở bảy huyện.", "Số ca mắc sởi tăng lên 1.240 ca."),
        ("Diễn viên Lê Cà Ná mất ở tuổi 36.", "Lê Cà Ná qua đời ở tuổi 37."),
        ("Bến Cau dẫn Cà Ná 2-1.", "Bến Cau thắng Cà Ná 3-1."),
        ("Đội Bến Cau dẫn đội Cà Ná 2-1 sau hiệp một.", "Đội Bến Cau thắng đội Cà Ná 3-1 ở chung kết."),
    ],
)
def test_an_older_count_is_seen_beside_the_newer_one(sentence: str, told: str) -> None:
    assert gives_other_figure(sentence, [told])
