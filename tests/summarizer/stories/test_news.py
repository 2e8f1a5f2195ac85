"""What is new in a story since it was told."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from summarizer.model import Document
from summarizer.stories.news import what_is_new
from summarizer.stories.telling import Piece

Builder = Callable[..., Piece]
Report = Callable[[int, str], Piece]

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

    def build(article_id: int, text: str) -> Piece:
        return replace(
            piece(article_id, hours_ago=20 - article_id), document=Document("Cháy xưởng", body=text)
        )

    return build


def test_a_figure_that_changed_is_news(report: Report) -> None:
    assert [quote.text for quote in what_is_new([report(1, FIRE)], [report(2, f"{SAME} {TOLL}")])] == [TOLL]


def test_somebody_named_for_the_first_time_is_news(report: Report) -> None:
    assert [quote.text for quote in what_is_new([report(1, FIRE)], [report(2, f"{SAME} {OWNER}")])] == [OWNER]


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
    newer = report(2, f"{SAME} {TOLL} {OWNER}")
    for quote in what_is_new([report(1, FIRE)], [newer]):
        assert newer.document.field(quote.field)[quote.start : quote.end] == quote.text


def test_without_older_or_newer_articles_nothing_is_new(report: Report) -> None:
    assert what_is_new([], [report(1, FIRE)]) == what_is_new([report(1, FIRE)], []) == ()
