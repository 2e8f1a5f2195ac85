"""What a reader chose: words and papers in and out, lengths."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from summarizer.digest import Digest, Preferences, compose
from summarizer.model import Candidate, Document, Piece, Place, Sentence
from summarizer.page import SYLLABLES_PER_MINUTE
from summarizer.reader_tastes import Suitability, Taste, Trait, traits_of
from summarizer.stories.prepared import Prepared
from tests.summarizer.test_digest import ORDER, event, sentence

Builder = Callable[..., Piece]
Story = Callable[..., Candidate]


@pytest.fixture
def report(piece: Builder) -> Story:
    """Build a story of one article with this headline and lead."""

    def build(number: int, title: str, sapo: str = "", **given: Any) -> Candidate:
        sapo = sapo or sentence(number)
        article = replace(
            piece(number, title=title, **given),
            document=Document(title, sapo, ""),
            summary=(Sentence(sapo, Place(0, "sapo", 0, len(sapo))),),
        )
        return Candidate(number, (article,))

    return build


def digest(stories: list[Candidate], slot: dt.datetime, **wishes: Any) -> Digest:
    names = {"giai tri": "giai-tri", "showbiz": "giai-tri"}
    prepared = Prepared(stories, slot=slot, topic_order=ORDER, topic_names=names)
    return compose(prepared, Preferences(**wishes), edition="sang", title="")


def ids(composed: Digest) -> list[int]:
    return [story.story_id for story in composed.stories]


@pytest.mark.parametrize(
    ("phrase", "is_left_out"),
    [
        ("Hạ Long", True), ("ha long", True), ("hạ long", True), ("Ha Lóng", False), ("Long", True),
        ("Hạ", True), ("Long Hạ", False), ("quảng ninh", False), ("vịnh hạ long", False), ("!!!", False),
    ],
)  # fmt: skip
def test_words_match_as_in_questions(
    report: Story, slot: dt.datetime, phrase: str, is_left_out: bool
) -> None:
    stories = [report(1, "Bão vào Hạ Long sáng nay"), report(2, event(2))]
    assert ids(digest(stories, slot, words_out=(phrase,))) == ([2] if is_left_out else [1, 2])


def test_spellings_of_a_name_are_left_out_with_it(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, "TP.HCM kẹt xe", "Mưa lớn chiều nay."), report(2, event(2))]
    assert ids(digest(stories, slot, words_out=("thành phố Hồ Chí Minh",))) == [2]


def test_a_topic_may_be_left_out_by_any_of_its_names(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, event(1), topic="giai-tri"), report(2, event(2))]
    assert ids(digest(stories, slot, words_out=("Showbiz",))) == [2]


def test_a_word_in_a_sentence_that_may_be_shown_counts(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, event(1), "Chứng khoán lao dốc phiên thứ ba."), report(2, event(2))]
    assert ids(digest(stories, slot, words_out=("chứng khoán",))) == [2]


def test_a_wanted_word_comes_first_and_from_outside_the_topics(report: Story, slot: dt.datetime) -> None:
    stories = [
        report(1, event(1), topic="kinh-te"),
        report(2, "Hạ Long bắn pháo hoa", topic="the-thao", hours_ago=9),
        report(3, event(3), topic="the-thao"),
    ]
    found = ids(digest(stories, slot, topics=("kinh-te",), words_in=("Hạ Long",)))
    assert sorted(found) == [1, 2]
    assert ids(digest(stories, slot, words_in=("Hạ Long",)))[0] == 2


def test_left_out_beats_wanted(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, "Bão vào Hạ Long sáng nay"), report(2, event(2))]
    assert ids(digest(stories, slot, words_in=("Hạ Long",), words_out=("bão",))) == [2]


def test_of_a_paper_that_is_left_out_nothing_is_shown(piece: Builder, slot: dt.datetime) -> None:
    both = [
        piece(n, title=event(1), sentences=(sentence(n),), paper=paper)
        for n, paper in enumerate(("Báo A", "Báo B"), 1)
    ]
    stories = [Candidate(1, tuple(both)), Candidate(2, (piece(3, title=event(2), paper="Báo A"),))]
    composed = digest(stories, slot, papers_out=("Báo A",))
    assert ids(composed) == [1]
    assert [source.name for source in composed.stories[0].sources] == ["Báo B"]
    assert {report.paper for report in composed.stories[0].reports} == {"Báo B"}


def test_a_liked_paper_weighs_more(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, event(1)), report(2, event(2), paper="Báo B", hours_ago=4)]
    assert ids(digest(stories, slot)) == [1, 2]
    assert ids(digest(stories, slot, papers_in=("Báo B",))) == [2, 1]


@pytest.mark.parametrize(("wish", "hours"), [("words_in", 18), ("papers_in", 10.5)])
def test_a_wanted_word_makes_up_for_18_hours_of_age_and_a_liked_paper_for_ten_and_a_half(
    report: Story, slot: dt.datetime, wish: str, hours: float
) -> None:
    wanted = "Báo B" if wish == "papers_in" else event(2).split()[0]
    for age, order in ((hours, [2, 1]), (hours + 1, [1, 2])):
        stories = [report(1, event(1), hours_ago=1), report(2, event(2), paper="Báo B", hours_ago=age + 0.5)]
        assert ids(digest(stories, slot, **{wish: (wanted,)})) == order


def test_a_wanted_word_weighs_more_than_a_liked_paper(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, event(1), paper="Báo A"), report(2, event(2), paper="Báo B")]
    word = event(2).split()[0]
    assert ids(digest(stories, slot, papers_in=("Báo A",), words_in=(word,))) == [2, 1]


def test_a_liked_paper_weighs_more_where_another_paper_of_its_story_is_left_out(
    piece: Builder, report: Story, slot: dt.datetime
) -> None:
    papers = ("Báo B", "Báo C")
    both = [piece(n, title=event(2), paper=paper, hours_ago=4) for n, paper in enumerate(papers, 20)]
    stories = [report(1, event(1)), Candidate(2, tuple(both))]
    assert ids(digest(stories, slot, papers_out=("Báo C",))) == [1, 2]
    assert ids(digest(stories, slot, papers_out=("Báo C",), papers_in=("Báo B",))) == [2, 1]


def test_a_story_without_one_of_its_papers_is_told_if_its_topic_is_chosen_or_a_word_of_it_wanted(
    piece: Builder, slot: dt.datetime
) -> None:
    def told_by_two(number: int, topic: str) -> Candidate:
        own = {"title": event(number), "sentences": (sentence(number),), "topic": topic}
        papers = enumerate(("Báo A", "Báo B"), number * 10)
        return Candidate(number, tuple(piece(n, paper=paper, **own) for n, paper in papers))

    stories = [told_by_two(number, topic) for number, topic in ((1, ORDER[0]), (2, ORDER[1]), (3, ORDER[1]))]
    wishes = {"papers_out": ("Báo A",), "topics": ORDER[:1], "words_in": (event(2).split()[0],)}
    assert sorted(ids(digest(stories, slot, **wishes))) == [1, 2]
    assert sorted(ids(digest(stories, slot, papers_out=("Báo A",)))) == [1, 2, 3]


def test_everything_left_out_is_an_empty_digest(report: Story, slot: dt.datetime) -> None:
    composed = digest([report(1, "Bão vào Hạ Long sáng nay")], slot, words_out=("bão",))
    assert (composed.stories, composed.left_out) == ((), 0)


def _crowd(piece: Builder) -> list[Candidate]:
    return [
        Candidate(
            n,
            (
                piece(
                    n, title=event(n), sentences=(sentence(n), sentence(900 + n)),
                    paper=f"Báo {n % 7}", topic=ORDER[n % 4], syllables=400,
                ),
            ),
        )
        for n in range(90)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("length", "most"),
    [("gon", 170), ("vua", 3 * SYLLABLES_PER_MINUTE), ("daydu", 6 * SYLLABLES_PER_MINUTE)],
)
def test_each_length_fills_its_budget_within_a_tenth(
    piece: Builder, slot: dt.datetime, length: str, most: int
) -> None:
    composed = digest(_crowd(piece), slot, length=length)
    assert 0.9 * most < composed.syllables <= most
    quotes = {len(story.quotes) for story in composed.stories}
    assert quotes == {0} if length == "gon" else 0 not in quotes


def test_a_short_digest_has_headlines_only_and_no_list_of_them(piece: Builder, slot: dt.datetime) -> None:
    composed = digest(_crowd(piece), slot, length="gon")
    assert not composed.is_listed
    assert len(composed.stories) > 5
    assert all(story.reports for story in composed.stories), "each has its paper and time"


def test_a_full_digest_tells_the_rest_of_a_lead(report: Story, slot: dt.datetime) -> None:
    lead = (
        "Bão đổ bộ lúc năm giờ sáng nay. Gió giật cấp mười hai làm tốc hàng trăm mái nhà. Nước dâng hai mét."
    )
    first = replace(
        report(1, event(1), lead).pieces[0], summary=(Sentence(lead[:31], Place(0, "sapo", 0, 31)),)
    )
    stories = [Candidate(1, (first,))]
    assert len(digest(stories, slot, length="vua").stories[0].quotes) == 1
    assert [q.text for q in digest(stories, slot, length="daydu").stories[0].quotes] == [
        "Bão đổ bộ lúc năm giờ sáng nay.",
        "Gió giật cấp mười hai làm tốc hàng trăm mái nhà.",
        "Nước dâng hai mét.",
    ]


def _order(stories: list[Candidate], slot: dt.datetime, *tastes: Taste) -> list[int]:
    prepared = Prepared(stories, slot=slot, topic_order=ORDER)
    digest = compose(prepared, Preferences(tastes=tastes), edition="sang", title="")
    return sorted(digest.ranks, key=lambda story: digest.ranks[story])


GOLD = ("Giá vàng SJC lên 92 triệu đồng", "Giá vàng miếng sáng nay tăng một triệu đồng mỗi lượng.")
SHOWS = ("Ca sĩ Mai ra album mới", "Nữ ca sĩ hát mười bài trong album.")


def test_a_story_of_a_liked_word_rises_and_one_of_a_disliked_falls(report: Story, slot: dt.datetime) -> None:
    stories = [report(1, event(1)), report(2, *SHOWS), report(3, *GOLD)]
    assert _order(stories, slot) == [1, 2, 3]
    gold, shows = Taste("word", "giá vàng", 1), Taste("word", "ca sĩ", -1)
    assert _order(stories, slot, gold, shows) == [3, 1, 2]
    assert _order(stories, slot, Taste("word", "giá vàng", -1)) == [1, 2, 3], "less of it, not none"


def test_tastes_work_by_what_a_story_teaches(report: Story, slot: dt.datetime) -> None:
    taught = traits_of(report(9, *GOLD))
    assert Trait("word", "giá vàng") in taught
    liked = [Taste(trait.kind, trait.key, 2) for trait in taught]
    other = ("Chợ Bến Thành vắng khách mua", "Giá vàng tăng làm tiệm vàng thưa người.")
    stories = [report(1, event(1), paper="Báo Lạ"), report(2, *other, paper="Báo Lạ")]
    assert _order(stories, slot, *liked)[0] == 2


def test_many_tastes_make_no_story_worth_more_than_four_times_as_much(
    report: Story, slot: dt.datetime
) -> None:
    candidate = report(1, *GOLD)
    suits = Suitability([candidate, report(2, *SHOWS, paper="Báo Lạ", topic="giai-tri")])
    pairs = ("giá vàng", "vàng sjc", "triệu đồng", "sáng nay", "vàng miếng", "miếng sáng")
    assert suits.factors([Taste("word", pair, 3) for pair in pairs]) == {1: pytest.approx(4.0)}
    assert suits.factors([Taste("word", pair, -3) for pair in pairs]) == {1: pytest.approx(0.25)}
    assert suits.factors([Taste("paper", "Báo Lạ", -1), Taste("cột", "mốc", 1)])[2] > 0.9


def test_a_disliked_topic_still_opens_with_its_most_important_story(
    piece: Builder, slot: dt.datetime
) -> None:
    politics = [Candidate(n, (piece(n, title=event(n), sapo=sentence(n), hours_ago=n),)) for n in (1, 2, 3)]
    shows = [
        Candidate(n, (piece(n, title=event(n), sapo=sentence(n), topic="giai-tri", hours_ago=n),))
        for n in (4, 5)
    ]
    told = digest([*politics, *shows], slot, tastes=(Taste("topic", "giai-tri", -3),))
    assert "giai-tri" in {story.topic for story in told.stories}


def test_a_papers_bulletin_comes_after_everything_else(report: Story, slot: dt.datetime) -> None:
    bulletin = (
        "Điểm tin 6h: Cháy chợ Bến Cau | Giá vàng tăng mạnh",
        "Cháy chợ; Giá vàng tăng; Trường mở cửa.",
    )
    old = report(2, event(2), hours_ago=20)
    assert _order([report(1, *bulletin), old], slot) == [2, 1]
    assert ids(digest([report(1, *bulletin), old], slot, words_in=("giá vàng",)))[0] == 2
    assert ids(digest([report(1, *bulletin)], slot)) == [1], "better than nothing"


def test_an_advertisement_told_by_three_papers_opens_no_digest(
    piece: Callable[..., Piece], slot: Any
) -> None:
    title, sapo = (
        "Bia Sông Lam đồng hành cùng concert ‘Biển gọi’",
        "Bia Sông Lam góp vui cùng khán giả dịp lễ.",
    )
    papers = tuple(piece(n, title=title, sapo=sapo, paper=f"Báo {n}", hours_ago=1) for n in (1, 2, 3))
    news = Candidate(9, (piece(9, title=event(9), sapo=sentence(9), hours_ago=30),))
    assert ids(digest([Candidate(1, papers), news], slot)) == [9, 1]
