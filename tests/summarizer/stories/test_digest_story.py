"""How one story is told: whose words, how many, and whose names."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from summarizer.model import Candidate, Piece, Place, Sentence
from summarizer.stories.digest_story import compose_story, leading

Builder = Callable[..., Piece]

PIER = "Bến phà Vàm Đước ngừng chạy vì gió mạnh"
PIER_LEAD = "Gió giật cấp bảy khiến bến phà Vàm Đước ngừng đón khách từ trưa nay."
PIER_NEXT = "Hơn ba trăm xe tải phải quay đầu đi đường vòng qua cầu Rạch Sấu."
OTHER_TITLE = "Gió mạnh, phà Vàm Đước dừng, 350 xe tải đi đường vòng"
OTHER_LEAD = "Chủ phà cho biết chuyến sớm nhất phải đợi đến sáng mai, khi gió dịu."


def sentences_of(*pieces: Piece, max_quotes: int = 2) -> list[str]:
    candidate = Candidate(1, pieces)
    return [
        quote.text for quote in compose_story(candidate, leading(candidate), max_quotes=max_quotes).quotes
    ]


def test_the_story_is_told_by_its_most_central_article(piece: Builder) -> None:
    side = piece(3, title="Mẹo đi đường vòng", sentences=("Tài xế nên đổ đầy bình xăng trước khi đi.",))
    candidate = Candidate(
        1, (side, piece(1, title=PIER, sentences=(PIER_LEAD,)), piece(2, title=PIER, sentences=(PIER_LEAD,)))
    )
    assert compose_story(candidate, leading(candidate)).title == PIER


def test_of_two_reports_the_later_one_tells_the_story(piece: Builder) -> None:
    early = piece(1, title=PIER, sentences=(PIER_LEAD,), hours_ago=9)
    late = piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,), hours_ago=1)
    candidate = Candidate(1, (early, late))
    assert compose_story(candidate, leading(candidate)).title == OTHER_TITLE


def test_the_second_sentence_comes_from_the_same_article_first(piece: Builder) -> None:
    mine = piece(1, title=PIER, sentences=(PIER_LEAD, PIER_NEXT), hours_ago=1)
    other = piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,), hours_ago=9)
    assert sentences_of(mine, other) == [PIER_LEAD, PIER_NEXT]


def test_a_sentence_that_repeats_the_one_before_gives_way_to_another_papers(piece: Builder) -> None:
    again = "Từ trưa nay, gió giật cấp bảy khiến bến phà Vàm Đước ngừng đón khách."
    mine = piece(1, title=PIER, sentences=(PIER_LEAD, again), hours_ago=1)
    other = piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,), hours_ago=9)
    assert sentences_of(mine, other) == [PIER_LEAD, OTHER_LEAD]


def test_a_sentence_that_only_repeats_the_headline_is_not_told(piece: Builder) -> None:
    assert sentences_of(piece(1, title=PIER, sentences=(PIER + ".", PIER_NEXT))) == [PIER_NEXT]


def test_a_bare_dateline_is_not_told(piece: Builder) -> None:
    assert sentences_of(piece(1, title=PIER, sentences=("(TTX).", PIER_NEXT))) == [PIER_NEXT]


def test_a_sentence_that_leans_on_one_not_shown_is_not_told(piece: Builder) -> None:
    leaning = "Theo đó, chủ phà hoàn tiền vé cho khách đã mua từ sáng."
    assert sentences_of(piece(1, title=PIER, sentences=(leaning, PIER_NEXT))) == [PIER_NEXT]


def test_a_sentence_that_leans_on_the_one_shown_before_it_is_told(piece: Builder) -> None:
    leaning = "Theo đó, chủ phà hoàn tiền vé cho khách đã mua từ sáng."
    assert sentences_of(piece(1, title=PIER, sentences=(PIER_LEAD, leaning))) == [PIER_LEAD, leaning]


def test_a_long_first_sentence_of_a_single_paper_says_enough(piece: Builder) -> None:
    long = (
        PIER_LEAD[:-1]
        + " trong khi lực lượng biên phòng kêu gọi toàn bộ tàu thuyền nhỏ ven sông vào nơi trú an toàn."
    )
    assert sentences_of(piece(1, title="Tin gió", sentences=(long, PIER_NEXT))) == [long]
    assert sentences_of(piece(1, title="Tin gió", sentences=(PIER_LEAD, PIER_NEXT))) == [PIER_LEAD, PIER_NEXT]


def test_no_more_sentences_than_asked_for(piece: Builder) -> None:
    both = piece(1, title=PIER, sentences=(PIER_LEAD, PIER_NEXT))
    assert sentences_of(both, max_quotes=1) == [PIER_LEAD]


def test_beyond_the_lead_no_more_than_a_fifth_of_an_article_is_shown(piece: Builder) -> None:
    """The two sentences have 15 syllables each: a fifth of 110 holds one of them, of 200 both."""
    short = piece(1, title="Gió", sentences=(PIER_LEAD, PIER_NEXT), syllables=110)
    long = piece(1, title="Gió", sentences=(PIER_LEAD, PIER_NEXT), syllables=200)
    assert sentences_of(short) == [PIER_LEAD]
    assert sentences_of(long) == [PIER_LEAD, PIER_NEXT]


def test_a_short_report_shows_its_first_sentence(piece: Builder) -> None:
    assert sentences_of(piece(1, title="Gió", sentences=(PIER_LEAD,), syllables=40)) == [PIER_LEAD]


def test_a_lead_may_be_shown_whole_however_short_the_article(piece: Builder) -> None:
    item = piece(1, title="Gió", sapo=f"{PIER_LEAD} {PIER_NEXT}", sentences=())
    spans = [(0, len(PIER_LEAD)), (len(PIER_LEAD) + 1, len(item.document.sapo))]
    summary = tuple(Sentence(item.document.sapo[a:b], Place(0, "sapo", a, b)) for a, b in spans)
    feed_item = piece(1, title="Gió", sapo=item.document.sapo, summary=summary)
    assert sentences_of(feed_item) == [PIER_LEAD, PIER_NEXT]


def test_no_bare_headline_while_the_lead_can_be_shown(piece: Builder) -> None:
    lead = f"Theo đó, bến phà đóng cửa. {PIER_LEAD}"
    place = Place(0, "sapo", 0, len("Theo đó, bến phà đóng cửa."))
    leaning = (Sentence("Theo đó, bến phà đóng cửa.", place),)
    assert sentences_of(piece(1, title="Gió", sapo=lead, summary=leaning)) == [PIER_LEAD]


def test_a_headline_only_source_lends_its_headline_and_no_sentence(piece: Builder) -> None:
    candidate = Candidate(
        1, (piece(1, title=PIER, sentences=(PIER_LEAD,), quote="headline", paper="Báo Đò"),)
    )
    story = compose_story(candidate, leading(candidate))
    assert (story.title, story.quotes) == (PIER, ())
    assert [source.name for source in story.sources] == ["Báo Đò"]


def test_a_source_that_may_be_quoted_leads_before_one_that_may_not(piece: Builder) -> None:
    shy = piece(1, title=OTHER_TITLE, sentences=(OTHER_LEAD,), quote="headline")
    open_handed = piece(2, title=PIER, sentences=(PIER_LEAD,), hours_ago=3)
    candidate = Candidate(1, (shy, open_handed))
    story = compose_story(candidate, leading(candidate))
    assert (story.title, [q.text for q in story.quotes]) == (PIER, [PIER_LEAD])


def test_hidden_sources_are_counted_and_never_shown(piece: Builder) -> None:
    shown = piece(1, title=PIER, sentences=(PIER_LEAD,), paper="Báo Đò")
    hidden = piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,), quote="none", paper="Báo Kín")
    candidate = Candidate(1, (shown, hidden))
    story = compose_story(candidate, leading(candidate))
    assert [source.name for source in story.sources] == ["Báo Đò"]
    assert [quote.text for quote in story.quotes] == [PIER_LEAD]
    assert story.articles == 2


def test_a_paper_with_several_articles_is_named_once(piece: Builder) -> None:
    pieces = tuple(piece(n, title=PIER, sentences=(PIER_LEAD,), paper=f"Báo {n % 2}") for n in range(6))
    candidate = Candidate(1, pieces)
    assert sorted(source.name for source in compose_story(candidate, leading(candidate)).sources) == [
        "Báo 0",
        "Báo 1",
    ]


def test_every_quote_stands_at_its_place(piece: Builder) -> None:
    pieces = (
        piece(1, title=PIER, sentences=(PIER_LEAD, PIER_NEXT)),
        piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,)),
    )
    candidate = Candidate(1, pieces)
    documents = {p.article_id: p.document for p in pieces}
    for quote in compose_story(candidate, leading(candidate)).quotes:
        assert documents[quote.article_id].field(quote.field)[quote.start : quote.end] == quote.text


def test_a_summary_that_is_not_what_the_article_says_is_refused(piece: Builder) -> None:
    forged = (Sentence("Phà chạy lại bình thường.", Place(0, "body", 0, 24)),)
    candidate = Candidate(1, (piece(1, title=PIER, summary=forged),))
    with pytest.raises(ValueError, match="at its place"):
        compose_story(candidate, leading(candidate))


def test_advertorials_and_untitled_articles_tell_nothing(piece: Builder) -> None:
    assert leading(Candidate(1, (piece(1, title=PIER, advertorial=True), piece(2, title=" ")))) == []


def test_the_latest_known_publication_time_is_the_storys(piece: Builder) -> None:
    early, late = piece(1, title=PIER, hours_ago=5), piece(2, title=PIER, hours_ago=2)
    candidate = Candidate(1, (late, early))
    assert compose_story(candidate, leading(candidate)).published_at == late.published_at
    assert late.moment - early.moment == dt.timedelta(hours=3)


def test_a_title_over_two_lines_is_put_into_one(piece: Builder) -> None:
    candidate = Candidate(1, (piece(1, title="Bến phà\n Vàm Đước  ngừng"),))
    assert compose_story(candidate, leading(candidate)).title == "Bến phà Vàm Đước ngừng"


def test_a_superseded_count_of_another_paper_is_not_told(piece: Builder) -> None:
    """Read after the newer count, the older one is taken for a contradiction."""
    now = "Trận lốc ở Vàm Đước làm 12 người bị thương, theo công an xã chiều nay."
    before = "Trận lốc ở Vàm Đước làm 4 người bị thương và tốc mái một dãy nhà ven sông."
    new = piece(1, title="Lốc xoáy ở Vàm Đước", sentences=(now,), hours_ago=1)
    old = piece(2, title="Lốc xoáy quét qua Vàm Đước", sentences=(before,), hours_ago=9)
    assert sentences_of(new, old) == [now]


def test_a_count_that_the_headline_tells_otherwise_is_not_told(piece: Builder) -> None:
    new = piece(1, title="Lốc xoáy ở Vàm Đước: 12 người bị thương", sentences=(PIER_NEXT,), hours_ago=1)
    before = "Công an xã xác nhận 4 người bị thương sau trận lốc, đều được đưa tới trạm xá."
    old = piece(2, title="Lốc xoáy quét qua Vàm Đước", sentences=(before,), hours_ago=9)
    assert sentences_of(new, old) == [PIER_NEXT]


def test_the_reports_are_those_of_the_headline_and_of_the_quotes(piece: Builder) -> None:
    first = piece(1, title=PIER, sentences=(PIER_LEAD,), paper="Báo Đò", hours_ago=2)
    second = replace(piece(2, title=OTHER_TITLE, sentences=(OTHER_LEAD,), paper="Báo Sông"), precision="day")
    unquoted = piece(3, title="Tin khác", paper="Báo Núi", quote="headline")
    story = compose_story(Candidate(1, (first, second, unquoted)), [first, second, unquoted])
    assert [quote.article_id for quote in story.quotes] == [1, 2]
    assert [(each.article_id, each.paper, each.precision) for each in story.reports] == [
        (1, "Báo Đò", "minute"),
        (2, "Báo Sông", "day"),
    ]
    assert story.reports[0].published_at == first.published_at


REPEATED = "Khách ở Vàm Đước không ra phà được trưa nay do gió mạnh, bến tạm ngừng."
PRICED = "Bến phà trả mỗi khách ở Vàm Đước 15.000 đồng tiền vé."


def test_another_papers_sentence_that_says_nothing_new_is_not_told(piece: Builder) -> None:
    mine = piece(1, title=PIER, sentences=(PIER_LEAD,), hours_ago=1)
    assert sentences_of(mine, piece(2, title=PIER, sentences=(REPEATED,), hours_ago=2)) == [PIER_LEAD]
    assert sentences_of(mine, piece(2, title=PIER, sentences=(PRICED,), hours_ago=2)) == [PIER_LEAD, PRICED]


def test_what_another_paper_said_half_a_day_before_is_not_told(piece: Builder) -> None:
    late = piece(1, title=PIER, sentences=(PIER_LEAD,), hours_ago=1)
    assert sentences_of(late, piece(2, title=PIER, sentences=(OTHER_LEAD,), hours_ago=12)) == [
        PIER_LEAD,
        OTHER_LEAD,
    ]
    assert sentences_of(late, piece(2, title=PIER, sentences=(OTHER_LEAD,), hours_ago=14)) == [PIER_LEAD]
