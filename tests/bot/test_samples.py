"""The shipped articles: valid intake rows, varied, dated from the given moment, and plainly invented."""

import datetime as dt
import itertools
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.samples import load_samples
from summarizer.text.syllables import folded, syllables

NOW = dt.datetime(2026, 3, 14, 1, 30, tzinfo=dt.UTC)
ROWS = load_samples(NOW)
EVENTS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("sample_events.json").read_text(encoding="utf-8")
)
TOPICS = {
    "thoi-su", "the-gioi", "kinh-te", "xa-hoi", "phap-luat",
    "giao-duc", "suc-khoe", "khoa-hoc-cong-nghe", "the-thao", "van-hoa-giai-tri",
}  # fmt: skip
AGENCY_COPY = "Hãng tin Hải Âu"
OLD_TONE = re.compile(r"(?:[òóỏõọ][ae]|(?<!q)[ùúủũụ]y)(?!\w)", re.IGNORECASE)
NEW_TONE = re.compile(r"(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?!\w)", re.IGNORECASE)

each_article = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
each_event = pytest.mark.parametrize("ids", EVENTS.values(), ids=EVENTS.keys())


def text_of(row: dict[str, Any]) -> str:
    return "\n".join([row["title"], row["sapo"], *row["body"]])


def figures(row: dict[str, Any]) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", text_of(row)))


def members(ids: list[str]) -> list[dict[str, Any]]:
    by_id = {row["id"]: row for row in ROWS}
    return [by_id[row_id] for row_id in ids]


def age(row: dict[str, Any]) -> dt.timedelta:
    return NOW - dt.datetime.fromisoformat(row["published"])


def is_page_boilerplate(paragraph: str) -> bool:
    """A caption, byline, subhead or pointer: no sentence end, or a photo credit."""
    return "Ảnh:" in paragraph or paragraph[-1] not in '.?!…”"'


@each_article
def test_a_row_has_exactly_the_keys_of_an_intake_row(row: dict[str, Any]) -> None:
    assert set(row) == {"id", "url", "source", "topic", "title", "sapo", "body", "published"}
    assert all(isinstance(row[key], str) and row[key] for key in row.keys() - {"body"})
    assert all(isinstance(paragraph, str) for paragraph in row["body"])


@each_article
def test_an_article_has_the_length_of_a_news_article(row: dict[str, Any]) -> None:
    assert 6 <= len(syllables(row["title"])) <= 25
    assert 25 <= len(syllables(row["sapo"])) <= 45
    assert 5 <= len(row["body"]) <= 12
    assert 250 <= len(syllables("\n".join(row["body"]))) <= 500


@each_article
def test_an_articles_text_is_clean_unicode_on_single_lines(row: dict[str, Any]) -> None:
    for field in (row["title"], row["sapo"], *row["body"]):
        assert field == unicodedata.normalize("NFC", field).strip()
        assert not re.search(r"\n|\s\s|[\u00d0\u00f0\u00a0\u200b-\u200f\ufeff]", field)


@each_article
def test_an_address_is_on_an_invented_host_under_its_topic(row: dict[str, Any]) -> None:
    address = urlsplit(row["url"])
    assert address.scheme == "https"
    assert re.fullmatch(r"[a-z]+\.example", address.netloc)
    assert re.fullmatch(rf"/{row['topic']}/[a-z0-9]+(?:-[a-z0-9]+)+-\d+\.html", address.path)


@each_article
def test_no_article_names_a_real_site(row: dict[str, Any]) -> None:
    assert not re.search(r"\.(?:com|vn|net|org)(?!\w)|https?://|www\.", text_of(row), re.IGNORECASE)


@pytest.mark.parametrize("key", ["id", "url", "title", "sapo"])
def test_no_two_articles_share_an_identity(key: str) -> None:
    shared = {value for value, times in Counter(row[key] for row in ROWS).items() if times > 1}
    copies = {row[key] for row in ROWS if AGENCY_COPY in row["body"][-1]}
    assert shared == (copies if key == "sapo" else set())


def test_there_are_enough_articles_on_every_topic() -> None:
    topics = Counter(row["topic"] for row in ROWS)
    assert topics.keys() == TOPICS
    assert topics.total() >= 66
    assert min(topics.values()) >= 5
    assert max(topics.values()) <= len(ROWS) / 5


def test_eight_papers_each_have_one_host_and_several_articles() -> None:
    papers = Counter(row["source"] for row in ROWS)
    assert len(papers) == len({(row["source"], urlsplit(row["url"]).netloc) for row in ROWS}) == 8
    assert min(papers.values()) >= 5
    assert max(papers.values()) <= len(ROWS) / 4


def test_most_articles_are_of_the_last_day_and_none_is_older_than_two() -> None:
    ages = [age(row) for row in ROWS]
    assert min(ages) >= dt.timedelta(minutes=10)
    assert max(ages) <= dt.timedelta(minutes=2800)
    assert sum(a <= dt.timedelta(days=1) for a in ages) >= len(ROWS) * 0.75


def test_articles_come_oldest_first_with_the_local_offset() -> None:
    assert [row["published"] for row in ROWS] == sorted(row["published"] for row in ROWS)
    assert all(row["published"].endswith("+07:00") for row in ROWS)


def test_a_later_moment_moves_every_article_by_as_much() -> None:
    later = load_samples((NOW + dt.timedelta(days=3)).astimezone(dt.timezone(dt.timedelta(hours=-5))))
    shifts = {
        dt.datetime.fromisoformat(b["published"]) - dt.datetime.fromisoformat(a["published"])
        for a, b in zip(ROWS, later, strict=True)
    }
    assert shifts == {dt.timedelta(days=3)}


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive time"):
        load_samples(NOW.replace(tzinfo=None))


def test_every_paper_keeps_to_one_tone_placement_and_both_occur() -> None:
    styles: dict[str, set[str]] = {}
    for row in ROWS:
        found = styles.setdefault(row["source"], set())
        found.update(name for name, p in (("old", OLD_TONE), ("new", NEW_TONE)) if p.search(text_of(row)))
    assert all(len(found) == 1 for found in styles.values()), styles
    assert {next(iter(found)) for found in styles.values()} == {"old", "new"}


@pytest.mark.parametrize(
    "words",
    ["đường", "đê", "điện", "TP.HCM", "UBND", "BHXH", "CSGT", "TS.", "GS.TS.", "hòa", "hoà", "thủy", "thuỷ"],
)
def test_what_search_and_splitting_find_hard_occurs(words: str) -> None:
    assert any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text_of(row)) for row in ROWS)


def test_several_articles_are_about_ha_long() -> None:
    assert sum("ha long" in folded(text_of(row)) for row in ROWS) >= 6


def test_some_pages_but_few_carry_captions_bylines_and_subheads() -> None:
    furnished = [row for row in ROWS if any(map(is_page_boilerplate, row["body"]))]
    assert 12 <= len(furnished) <= len(ROWS) / 3
    assert sum("Ảnh:" in text_of(row) for row in furnished) >= 6


def test_no_sentence_stands_in_two_articles_but_the_agency_copy() -> None:
    """A reader must not notice repetition."""
    own = [row for row in ROWS if AGENCY_COPY not in row["body"][-1]]
    sentences = Counter(
        s for row in own for s in {*re.split(r"(?<=[.?!])\s+", text_of(row))} if len(syllables(s)) >= 5
    )
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_events_name_existing_articles_and_none_twice() -> None:
    named = [row_id for ids in EVENTS.values() for row_id in ids]
    assert len(EVENTS) >= 7
    assert len(named) == len(set(named))
    assert set(named) <= {row["id"] for row in ROWS}
    assert all(2 <= len(ids) <= 4 for ids in EVENTS.values())


@each_event
def test_an_event_is_told_by_several_papers_that_share_names_and_differ_in_figures(ids: list[str]) -> None:
    rows = members(ids)
    assert len({row["source"] for row in rows}) >= 2
    for one, other in itertools.combinations(rows, 2):
        assert len(set(syllables(one["title"])) & set(syllables(other["title"]))) >= 3
        if AGENCY_COPY in one["body"][-1] and AGENCY_COPY in other["body"][-1]:
            assert figures(one) == figures(other)
        else:
            assert figures(one) != figures(other)


def test_an_agency_copy_is_printed_by_two_papers_nearly_word_for_word() -> None:
    one, other = (row for row in ROWS if AGENCY_COPY in row["body"][-1])
    assert one["source"] != other["source"]
    assert one["body"] != other["body"]
    words, others = set(syllables(text_of(one))), set(syllables(text_of(other)))
    assert len(words & others) / len(words | others) > 0.95


def test_the_rains_of_two_provinces_share_words_but_not_places() -> None:
    ha_long, nghe_an = (
        [folded(text_of(r)) for r in members(EVENTS[e])] for e in ("mua-ha-long", "mua-nghe-an")
    )
    assert all("mua lon" in text for text in ha_long + nghe_an)
    assert not any("ha long" in text for text in nghe_an)
    assert not any("nghe an" in text for text in ha_long)
