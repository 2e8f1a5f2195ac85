"""What is new in a story since it was told."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from summarizer.model import Candidate, Document, Piece
from summarizer.stories.differences import news_of, what_is_new

Builder = Callable[..., Piece]
Report = Callable[..., Piece]

FIRE = (
    "Cháy xưởng gỗ ở xã Cẩm Lũng, ba công nhân bị thương và được đưa tới bệnh viện huyện. "
    "Lửa bùng lên lúc công nhân đang nghỉ trưa, lan sang kho sơn phía sau xưởng."
)
TOLL = "Đến chiều nay, năm công nhân bị thương đang nằm viện, hai người được chuyển lên tuyến trên."
OWNER = "Chủ xưởng Đặng Hữu Thoại thừa nhận hệ thống báo cháy của Công ty Gỗ Sao Khuê hỏng từ lâu."
SAME = "Ba công nhân bị thương và được đưa tới bệnh viện huyện khi cháy xưởng gỗ ở xã Cẩm Lũng."


@pytest.fixture
def report(piece: Builder) -> Report:
    """Build an article of the story; those with higher ids are newer."""

    def build(article_id: int, text: str, title: str = "Cháy xưởng gỗ ở Cẩm Lũng") -> Piece:
        return replace(piece(article_id, hours_ago=20 - article_id), document=Document(title, body=text))

    return build


@pytest.fixture
def known(report: Report) -> list[Piece]:
    """Three papers' reports of the fire; those with ids from 14 on are ten hours newer."""
    return [report(number, FIRE) for number in (1, 2, 3)]


def test_a_figure_that_changed_is_news(report: Report) -> None:
    assert [quote.text for quote in what_is_new([report(1, FIRE)], [report(2, f"{SAME} {TOLL}")])] == [TOLL]


def test_an_act_under_a_new_headline_is_news(known: list[Piece], report: Report) -> None:
    newer = report(14, f"{SAME} {OWNER}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert [quote.text for quote in what_is_new(known, [newer])] == [OWNER]


def test_another_paper_within_the_hour_tells_the_same_event(report: Report) -> None:
    newer = report(2, f"{SAME} {OWNER}", "Chủ xưởng gỗ ở Cẩm Lũng tìm hiểu hệ thống báo cháy")
    assert what_is_new([report(1, FIRE)], [newer]) == ()


def test_under_a_headline_that_says_nothing_new_only_a_changed_figure_is_news(
    known: list[Piece], report: Report
) -> None:
    """A second paper tells the same fire late, and deep down what the first one left out."""
    assert what_is_new(known, [report(14, f"{SAME} {OWNER}")]) == ()


@pytest.mark.parametrize(
    "junk",
    [
        "Anh Phạm Viết Khoa, chủ quán nước đối diện xưởng gỗ, kể chuyện hệ thống báo cháy với khách.",
        "Chủ xưởng gỗ Đặng Hữu Thoại (bìa trái) bên hệ thống báo cháy.",
        "Hệ thống báo cháy của xưởng gỗ (Ảnh: Hữu Tạo) được công an huyện thu giữ sáng nay.",
        "Năm ngoái, xưởng gỗ từng bị phạt vì hệ thống báo cháy hỏng.",
        "Chủ xưởng gỗ nói: “Tôi thừa nhận hệ thống báo cháy hỏng”.",
        "Số tiền này được chủ xưởng gỗ dùng sửa hệ thống báo cháy hỏng, theo quyết định của huyện.",
        "Hệ thống báo cháy hỏng Lực lượng cứu hỏa đình chỉ xưởng gỗ, theo lời một lực lượng cứu hỏa.",
    ],
    ids=["bystander", "caption", "credit", "background", "own voice", "leans", "glued subhead"],
)
def test_what_is_no_fact_is_no_news(known: list[Piece], report: Report, junk: str) -> None:
    newer = report(14, f"{SAME} {junk}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert what_is_new(known, [newer]) == ()


def test_what_was_told_before_the_day_of_the_first_report_is_no_news(
    known: list[Piece], report: Report
) -> None:
    before = (
        "Ngày 12/11, huyện yêu cầu đóng cửa xưởng gỗ ở xã Cẩm Lũng vì vụ cháy làm ba công nhân bị thương."
    )
    title = "Huyện yêu cầu đóng cửa xưởng gỗ Cẩm Lũng"
    assert what_is_new(known, [report(14, before, title)]) == ()
    after = before.replace("12/11", "22/11")
    assert what_is_new(known, [report(14, after, title)])


def test_a_changed_figure_comes_before_a_new_name(report: Report) -> None:
    minor = "Ông Đặng Thoại cho biết xưởng sẽ tạm đóng cửa để sửa chữa trong vài tuần tới."
    found = what_is_new([report(1, FIRE)], [report(2, f"{TOLL} {minor}")])
    assert found[0].text == TOLL


def test_what_was_told_in_other_words_is_no_news(report: Report) -> None:
    assert what_is_new([report(1, FIRE)], [report(2, SAME)]) == ()


def test_a_sentence_that_leans_on_the_one_before_is_not_shown(report: Report) -> None:
    leaning = "Theo đó, năm công nhân bị thương đang nằm viện ở tuyến trên."
    assert what_is_new([report(1, FIRE)], [report(2, f"{SAME} {leaning}")]) == ()


def test_news_stands_at_its_place(known: list[Piece], report: Report) -> None:
    newer = report(14, f"{SAME} {TOLL} {OWNER}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert len(what_is_new(known, [newer])) == 2
    for quote in what_is_new(known, [newer]):
        assert newer.document.field(quote.field)[quote.start : quote.end] == quote.text


def test_without_older_or_newer_articles_nothing_is_new(report: Report) -> None:
    assert what_is_new([], [report(1, FIRE)]) == what_is_new([report(1, FIRE)], []) == ()


def test_the_newest_state_is_told_before_what_was_new_a_day_ago(known: list[Piece], report: Report) -> None:
    first = known[0]
    rest = " Bà con trong xã kể lại chuyện đêm qua bên quán nước đầu làng." * 20  # a fifth may be shown
    older = replace(report(4, f"{SAME} {TOLL}{rest}"), published_at=first.moment + dt.timedelta(hours=2))
    newest = replace(
        report(5, f"{SAME} {OWNER}{rest}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng"),
        published_at=first.moment + dt.timedelta(hours=30),
    )
    both = news_of(known, Candidate(1, (older, newest)))
    assert both is not None
    assert both.text == OWNER
    late = replace(report(6, SAME), published_at=newest.published_at)
    left = news_of(known, Candidate(1, (older, late)))
    assert left is not None
    assert left.text == TOLL, "where the newest say nothing new, the older news stands"


@pytest.mark.parametrize(
    "title",
    [
        "Báo tỉnh bạn khen cách chữa cháy ở Cẩm Lũng, khởi tố chủ xưởng",
        "Vì sao công an khởi tố chủ xưởng gỗ Cẩm Lũng?",
        "Công nhân xưởng gỗ Cẩm Lũng giờ ra sao khi công an khởi tố chủ xưởng",
        "Nhận định vụ cháy xưởng gỗ Cẩm Lũng: khởi tố chủ xưởng",
    ],
)
def test_what_papers_ask_and_think_of_an_event_is_no_news(
    known: list[Piece], report: Report, title: str
) -> None:
    text = "Công an huyện Cẩm Lũng khởi tố chủ xưởng gỗ Đặng Hữu Thoại sau vụ cháy, để điều tra thêm."
    assert what_is_new(known, [report(14, text, title)]) == ()
    plain = "Công an khởi tố chủ xưởng gỗ Cẩm Lũng"
    assert what_is_new(known, [report(14, text, plain)])


@pytest.mark.parametrize(
    "hollow",
    [
        "Công an huyện Cẩm Lũng lên tiếng về vụ khởi tố chủ xưởng gỗ Đặng Hữu Thoại.",
        "Công an huyện Cẩm Lũng hé lộ thêm diễn biến vụ khởi tố chủ xưởng gỗ Đặng Hữu Thoại.",
    ],
)
def test_a_sentence_that_only_promises_news_is_none(known: list[Piece], report: Report, hollow: str) -> None:
    assert what_is_new(known, [report(14, hollow, "Công an khởi tố chủ xưởng gỗ Cẩm Lũng")]) == ()


def test_a_report_of_another_event_brings_nothing_back(known: list[Piece], report: Report) -> None:
    text = "Công an tỉnh Bến Đò khởi tố giám đốc công ty vận tải Sóng Xanh, bắt giam hai tài xế."
    newer = report(14, text, "Công an khởi tố giám đốc công ty vận tải Sóng Xanh")
    assert what_is_new(known, [newer]) == ()


def test_an_act_that_is_part_of_a_name_is_none(known: list[Piece], report: Report) -> None:
    text = "Đoàn từ Khánh Hòa mang bánh chưng và nước lọc cho công nhân xưởng gỗ trong sáng nay."
    newer = report(14, text, "Bánh chưng Khánh Hòa đến với công nhân xưởng gỗ")
    assert what_is_new(known, [newer]) == ()
