"""Stories in a digest with what the papers disagree on, and with what is new since the reader was told."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from summarizer.digest import Digest, Preferences, compose
from summarizer.model import Candidate, DigestStory, Document, Piece, Place, QuotePolicy, Sentence
from summarizer.stories.prepared import Prepared

Builder = Callable[..., Piece]
Report = Callable[..., Piece]

FIRST = "Cháy xưởng gỗ ở xã Cẩm Lũng, ba công nhân bị thương và được đưa tới bệnh viện huyện."
LATER = "Đến chiều nay, năm công nhân bị thương đang nằm viện, hai người được chuyển lên tuyến trên."
REST = (
    " Lửa bùng lên lúc thợ đang nghỉ trưa rồi lan sang kho sơn phía sau xưởng. Dân quanh vùng xách nước ra"
    " dập cùng lính cứu hỏa, đường làng kẹt cứng xe cộ suốt buổi. Xưởng dựng bằng tôn và gỗ tạp, nằm sát bờ"
    " kênh, từng bị nhắc nhở vì chất mùn cưa quá cao. Chính quyền xã đang thống kê thiệt hại cùng chủ xưởng."
    " Nguyên nhân vụ cháy chưa được công bố, hiện trường đã được rào lại để lấy mẫu."
)
OTHER = Document("Bến phà Vàm Đước ngừng chạy", body="Bến phà Vàm Đước ngừng chạy từ trưa nay vì gió lớn.")


@pytest.fixture
def report(piece: Builder) -> Report:
    """Build an article of the fire, whose first sentence is its summary."""

    def build(article_id: int, opening: str, *, hours_ago: float, quote: QuotePolicy = "full") -> Piece:
        whole = replace(
            piece(
                article_id, title="Cháy xưởng gỗ", paper=f"Báo {article_id}", hours_ago=hours_ago, quote=quote
            ),
            document=Document("Cháy xưởng gỗ Cẩm Lũng", body=opening + REST),
        )
        return replace(whole, summary=(Sentence(opening, Place(0, "body", 0, len(opening))),))

    return build


def first_story(
    pieces: tuple[Piece, ...], slot: dt.datetime, known: Mapping[int, dt.datetime] | None = None
) -> DigestStory:
    return digest(pieces, slot, known).stories[0]


def digest(
    pieces: tuple[Piece, ...], slot: dt.datetime, known: Mapping[int, dt.datetime] | None = None
) -> Digest:
    prepared = Prepared([Candidate(7, pieces)], slot=slot, topic_order=())
    return compose(prepared, Preferences(), edition="sang", title="Điểm Tin sáng", seen=known)


def test_a_story_names_what_its_papers_disagree_on(report: Report, slot: dt.datetime) -> None:
    story = first_story((report(1, FIRST, hours_ago=3), report(2, LATER, hours_ago=2)), slot)
    assert story.disagreement is not None
    assert [(c.source, c.value) for c in story.disagreement.claims] == [
        ("Báo 1", "ba công nhân"),
        ("Báo 2", "năm công nhân"),
    ]


def test_a_paper_that_may_not_be_quoted_lends_no_figure(report: Report, slot: dt.datetime) -> None:
    shy = report(2, LATER, hours_ago=2, quote="headline")
    assert first_story((report(1, FIRST, hours_ago=3), shy), slot).disagreement is None


def test_a_known_story_opens_with_what_is_new(report: Report, slot: dt.datetime) -> None:
    pieces = (report(1, FIRST, hours_ago=9), report(2, LATER, hours_ago=1))
    story = first_story(pieces, slot, {7: slot - dt.timedelta(hours=4)})
    assert story.is_update
    assert {quote.article_id for quote in story.quotes} <= {each.article_id for each in story.reports}
    assert story.quotes[0].text == LATER


def test_an_unknown_story_is_told_from_the_start(report: Report, slot: dt.datetime) -> None:
    pieces = (report(1, FIRST, hours_ago=9), report(2, LATER, hours_ago=1))
    assert not first_story(pieces, slot).is_update
    assert not first_story(pieces, slot, {8: slot - dt.timedelta(hours=4)}).is_update


def test_a_known_story_that_is_only_repeated_is_not_told_again(report: Report, slot: dt.datetime) -> None:
    pieces = (report(1, FIRST, hours_ago=9), report(2, FIRST, hours_ago=1))
    assert digest(pieces, slot, {7: slot - dt.timedelta(hours=4)}).stories == ()


def test_a_known_story_is_told_by_its_newest_report_alone(report: Report, slot: dt.datetime) -> None:
    pieces = (report(1, FIRST, hours_ago=9), report(2, LATER, hours_ago=1))
    story = first_story(pieces, slot, {7: slot - dt.timedelta(hours=4)})
    assert [source.name for source in story.sources] == ["Báo 2"]
    assert {quote.article_id for quote in story.quotes} == {2}


def test_a_known_story_ranks_by_what_is_new_of_it(report: Report, slot: dt.datetime) -> None:
    """Five papers told it yesterday; what one adds today does not climb above what two tell anew."""
    pieces = (*(report(number, FIRST, hours_ago=9) for number in range(1, 6)), report(6, LATER, hours_ago=1))
    rival = [
        replace(report(number, "Bến phà Vàm Đước ngừng chạy từ trưa nay.", hours_ago=2), document=OTHER)
        for number in (11, 12)
    ]
    rival = [replace(one, summary=()) for one in rival]
    prepared = Prepared([Candidate(7, pieces), Candidate(8, tuple(rival))], slot=slot, topic_order=())
    known = {7: slot - dt.timedelta(hours=4)}
    both = compose(prepared, Preferences(), edition="sang", title="")
    again = compose(prepared, Preferences(), edition="sang", title="", seen=known)
    assert [story.story_id for story in both.stories] == [7, 8]
    assert [story.story_id for story in again.stories] == [8, 7]
