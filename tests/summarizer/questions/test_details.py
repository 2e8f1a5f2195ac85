"""What "Chi tiết" shows of an article: more than the answer did."""

from collections.abc import Callable

from summarizer.model import Piece, Quote
from summarizer.questions.snippets import further_sentences

Builder = Callable[..., Piece]

OPENED = "Sáng nay, cầu Rạch Sấu bắc qua kênh Xáng chính thức thông xe sau hai năm xây dựng."
COST = "Cầu có vốn đầu tư 120 tỷ đồng, lấy từ ngân sách huyện và tiền góp của dân."
THEREFORE = "Theo đó, xe tải trên năm tấn chưa được qua lại."


def first_of(one: Piece) -> Quote:
    return Quote(OPENED, one.article_id, "body", 0, len(OPENED))


def shown(one: Piece, *quoted: Quote) -> list[str]:
    return [quote.text for quote in further_sentences(one, quoted)]


def test_what_the_answer_showed_is_not_shown_again(piece: Builder) -> None:
    one = piece(7, title="Cầu mới", sentences=(OPENED, COST))
    assert shown(one, first_of(one)) == [COST]


def test_without_an_answer_the_opening_is_shown_in_its_order(piece: Builder) -> None:
    one = piece(7, title="Cầu mới", sentences=(OPENED, COST), summary=())
    assert shown(one)[:2] == [OPENED, COST]


def test_a_sentence_that_leans_on_another_is_shown_only_behind_it(piece: Builder) -> None:
    one = piece(7, title="Cầu mới", sentences=(OPENED, COST, THEREFORE))
    assert THEREFORE in shown(one, first_of(one))
    alone = piece(7, title="Cầu mới", sentences=(THEREFORE, OPENED))
    assert shown(alone)[0] == OPENED


def test_no_more_of_an_article_is_shown_than_may_be(piece: Builder) -> None:
    short = piece(7, title="Cầu mới", sentences=(OPENED, COST), syllables=95)
    assert shown(short, first_of(short)) == []
    assert shown(piece(7, title="Cầu mới", sentences=(OPENED,), quote="headline")) == []
