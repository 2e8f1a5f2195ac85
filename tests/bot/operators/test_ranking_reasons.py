"""Why an article ranks where it does: the words are true of the ranking that was made."""

import datetime as dt

import pytest

from bot.operators.article_reasons import say_rank
from summarizer.questions.hits import Hit, explain_hits, rank_hits
from summarizer.questions.query import parse_query

NOW = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
GROUPS = parse_query("lũ sông Trà").groups


def ranked(*hits: Hit) -> list[list[str]]:
    """Return the lines on each hit, best first."""
    found = explain_hits(rank_hits(hits, GROUPS, now=NOW), GROUPS, now=NOW)
    return [list(say_rank(place, found, wants_newest=False)) for place in range(len(found))]


def hit(number: int, title: str, sapo: str = "", *, hours: int = 1, body: str = "") -> Hit:
    return Hit(number, title, sapo, NOW - dt.timedelta(hours=hours), body)


def test_points_are_those_of_the_ranking() -> None:
    hits = [hit(1, "Lũ sông Trà lên nhanh"), hit(2, "Họp chợ", "Sông Trà có lũ"), hit(3, "Lu song Tra")]
    judged_hits = rank_hits(hits, GROUPS, now=NOW)
    for one in explain_hits(judged_hits, GROUPS, now=NOW):
        assert sum(one.points) == one.ranked.points


def test_words_places_and_neighbours_are_named() -> None:
    [lines] = ranked(hit(1, "Lũ lên nhanh", "Nước sông Trà vượt báo động"))
    assert lines[0] == "Có đủ từ ở tiêu đề và lời dẫn."
    assert lines[1].startswith("Tiêu đề có: lũ (")
    assert lines[2].startswith("Lời dẫn có: sông (")
    assert "Đứng liền nhau: sông trà." in lines
    assert " điểm: " in lines[-1]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (hit(1, "Lũ lên nhanh"), "Thiếu từ: sông, trà; bài có đủ từ xếp trước."),
        (hit(1, "Lu song Tra"), "Có đủ từ, nhưng dấu khác lúc gõ; bài đúng dấu xếp trước."),
        (
            hit(1, "Lũ lên nhanh", body="Nước sông Trà vượt báo động"),
            "Có đủ từ, nhưng có từ chỉ nằm trong thân bài; bài có đủ từ ở tiêu đề và lời dẫn xếp trước.",
        ),
    ],
)
def test_the_words_that_an_article_lacks_are_named(one: Hit, words: str) -> None:
    assert ranked(one)[0][0] == words


def test_the_reason_of_a_rank_above_the_next_is_named() -> None:
    better = ranked(hit(1, "Lũ sông Trà"), hit(2, "Họp chợ", "Sông Trà hôm nay có lũ"))[0][-1]
    assert better.startswith("Đứng trên bài sau vì hơn ")
    newer = ranked(hit(1, "Lũ sông Trà"), hit(2, "Lũ sông Trà", hours=5))[0][-1]
    assert newer == "Đứng trên bài sau vì hai bài gần bằng điểm, và bài này mới hơn."
    marked = ranked(hit(1, "Lũ sông Trà", hours=90), hit(2, "Lu song Tra"))[0][-1]
    assert marked == "Đứng trên bài sau vì có đủ từ hơn, hoặc đúng dấu hơn."
