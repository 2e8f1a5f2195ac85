"""A story at length: what more may be shown of it, and what may not."""

import datetime as dt
from dataclasses import replace

from summarizer.model import Candidate, Document, Piece, Place, sentence_at
from summarizer.stories.cards import MOST_QUOTES, make_card

NOON = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)
FILLER = "Bà con hai bên sông ngồi quán nước ngóng tin, hỏi nhau bao giờ gió lặng để kịp phiên chợ sớm. " * 12


def piece(
    number: int, title: str, sapo: str, body: str = FILLER, *, hours_ago: float = 1, source: str = ""
) -> Piece:
    """Build an article whose summary is the first sentence of its body."""
    document = Document(title, sapo, body)
    place = Place(0, "body", 0, body.index(".") + 1)
    at = NOON - dt.timedelta(hours=hours_ago)
    return Piece(
        article_id=number, document=document, summary=(sentence_at([document], place),),
        source=source or f"bao-{number}", source_title=f"Báo {number}", url=f"https://bao.example/{number}",
        topic=None, published_at=at, stored_at=at, quote="full", advertorial=False,
    )  # fmt: skip


STOPPED = piece(
    1,
    "Phà Cát Lái ngừng chạy",
    "Bến phà đóng cửa từ nửa đêm vì gió giật cấp tám trên sông Đồng Nai.",
    hours_ago=9,
)
BACK = piece(
    2, "Phà Cát Lái chạy lại", "Chuyến đầu rời bến lúc sáu giờ sáng, chở một trăm hai mươi người và xe máy.",
    "Giám đốc bến phà nói tàu lớn chạy trước, tàu nhỏ đợi gió dưới cấp năm. " + FILLER, hours_ago=1,
)  # fmt: skip


def test_a_card_tells_the_lead_and_then_the_summary_of_each_article() -> None:
    card = make_card(Candidate(7, (STOPPED, BACK)))
    assert card is not None
    by_article = [quote.article_id for quote in card.quotes]
    assert by_article == sorted(by_article, key=[report.article_id for report in card.reports].index)
    own = [quote.text for quote in card.quotes if quote.article_id == 2]
    assert own[0].startswith("Chuyến đầu rời bến")
    assert own[1].startswith("Giám đốc bến phà")
    assert card.papers == 2


def test_the_steps_are_the_reports_oldest_first_and_each_headline_once() -> None:
    copy = replace(STOPPED, article_id=3, source="bao-chep", source_title="Báo Chép", stored_at=NOON)
    card = make_card(Candidate(7, (STOPPED, BACK, replace(copy, published_at=NOON))))
    assert card is not None
    assert [(step.headline, step.report.paper) for step in card.steps] == [
        ("Phà Cát Lái ngừng chạy", "Báo 1"),  # the first that said so
        ("Phà Cát Lái chạy lại", "Báo 2"),
    ]
    alone = make_card(Candidate(7, (STOPPED,)))
    assert alone is not None
    assert alone.steps == ()


def test_sources_that_allow_less_show_less() -> None:
    headline = replace(BACK, quote="headline")
    card = make_card(Candidate(7, (STOPPED, headline)))
    assert card is not None
    assert {quote.article_id for quote in card.quotes} == {1}
    bare = make_card(Candidate(7, (headline,)))
    assert bare is not None
    assert bare.quotes == ()
    assert make_card(Candidate(7, (replace(STOPPED, quote="none"),))) is None
    assert make_card(Candidate(7, (replace(STOPPED, advertorial=True),))) is None


def test_a_card_is_bounded_and_says_nothing_twice() -> None:
    many = [replace(STOPPED, article_id=n, source=f"bao-{n}") for n in range(20, 60)]
    card = make_card(Candidate(7, tuple(many)))
    assert card is not None
    assert len(card.quotes) <= MOST_QUOTES
    assert len({quote.text for quote in card.quotes}) == len(card.quotes)


def test_no_more_than_a_fifth_of_an_article_is_shown_beyond_its_lead() -> None:
    short = piece(
        4, "Chợ nổi mở lại", "", "Ghe thuyền đã về. Người mua kẻ bán gọi nhau từ tờ mờ sáng hôm ấy."
    )
    card = make_card(Candidate(7, (short,)))
    assert card is not None
    assert [quote.text for quote in card.quotes] == ["Ghe thuyền đã về."]
