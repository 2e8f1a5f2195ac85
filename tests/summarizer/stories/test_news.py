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


def test_a_figure_that_changed_is_news(report: Report) -> None:
    assert [quote.text for quote in what_is_new([report(1, FIRE)], [report(2, f"{SAME} {TOLL}")])] == [TOLL]


def test_an_act_under_a_new_headline_is_news(report: Report) -> None:
    newer = report(2, f"{SAME} {OWNER}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert [quote.text for quote in what_is_new([report(1, FIRE)], [newer])] == [OWNER]


def test_under_a_headline_that_says_nothing_new_only_a_changed_figure_is_news(report: Report) -> None:
    """A second paper tells the same fire late, and deep down what the first one left out."""
    assert what_is_new([report(1, FIRE)], [report(2, f"{SAME} {OWNER}")]) == ()


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
def test_what_is_no_fact_is_no_news(report: Report, junk: str) -> None:
    newer = report(2, f"{SAME} {junk}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert what_is_new([report(1, FIRE)], [newer]) == ()


def test_what_was_told_before_the_day_of_the_first_report_is_no_news(report: Report) -> None:
    before = "Ngày 12/11, huyện yêu cầu chủ xưởng gỗ thay hệ thống báo cháy hỏng."
    title = "Huyện yêu cầu chủ xưởng gỗ thay hệ thống báo cháy hỏng"
    assert what_is_new([report(1, FIRE)], [report(2, before, title)]) == ()
    after = before.replace("12/11", "22/11")
    assert what_is_new([report(1, FIRE)], [report(2, after, title)])


def test_a_changed_figure_comes_before_a_new_name(report: Report) -> None:
    minor = "Ông Đặng Thoại cho biết xưởng sẽ tạm đóng cửa để sửa chữa trong vài tuần tới."
    found = what_is_new([report(1, FIRE)], [report(2, f"{TOLL} {minor}")])
    assert found[0].text == TOLL


def test_what_was_told_in_other_words_is_no_news(report: Report) -> None:
    assert what_is_new([report(1, FIRE)], [report(2, SAME)]) == ()


def test_a_sentence_that_leans_on_the_one_before_is_not_shown(report: Report) -> None:
    leaning = "Theo đó, năm công nhân bị thương đang nằm viện ở tuyến trên."
    assert what_is_new([report(1, FIRE)], [report(2, f"{SAME} {leaning}")]) == ()


def test_news_stands_at_its_place(report: Report) -> None:
    newer = report(2, f"{SAME} {TOLL} {OWNER}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng")
    assert len(what_is_new([report(1, FIRE)], [newer])) == 2
    for quote in what_is_new([report(1, FIRE)], [newer]):
        assert newer.document.field(quote.field)[quote.start : quote.end] == quote.text


def test_without_older_or_newer_articles_nothing_is_new(report: Report) -> None:
    assert what_is_new([], [report(1, FIRE)]) == what_is_new([report(1, FIRE)], []) == ()


def test_the_newest_state_is_told_before_what_was_new_a_day_ago(report: Report) -> None:
    known = report(1, FIRE)
    rest = " Bà con trong xã kể lại chuyện đêm qua bên quán nước đầu làng." * 20  # a fifth may be shown
    older = replace(report(2, f"{SAME} {TOLL}{rest}"), published_at=known.moment + dt.timedelta(hours=2))
    newest = replace(
        report(3, f"{SAME} {OWNER}{rest}", "Chủ xưởng gỗ thừa nhận hệ thống báo cháy hỏng"),
        published_at=known.moment + dt.timedelta(hours=30),
    )
    both = news_of([known], Candidate(1, (older, newest)))
    assert both is not None
    assert both.text == OWNER
    late = replace(report(4, SAME), published_at=newest.published_at)
    left = news_of([known], Candidate(1, (older, late)))
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
def test_what_papers_ask_and_think_of_an_event_is_no_news(report: Report, title: str) -> None:
    text = "Công an huyện Mường Thải khởi tố chủ xưởng gỗ Đặng Hữu Thoại để điều tra thêm."
    assert what_is_new([report(1, FIRE)], [report(2, text, title)]) == ()
    plain = "Công an khởi tố chủ xưởng gỗ Đặng Hữu Thoại"
    assert what_is_new([report(1, FIRE)], [report(2, text, plain)])


def test_an_act_that_is_part_of_a_name_is_none(report: Report) -> None:
    text = "Đoàn từ Khánh Hòa mang bánh chưng và nước lọc cho công nhân xưởng gỗ trong sáng nay."
    newer = report(2, text, "Bánh chưng Khánh Hòa đến với công nhân xưởng gỗ")
    assert what_is_new([report(1, FIRE)], [newer]) == ()
