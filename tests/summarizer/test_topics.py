"""An article's topic, by what its source says."""

import pytest

from config.defaults import BUILT_IN_TOPICS
from summarizer.topics import (
    TopicClues,
    TopicRules,
    decide_topic,
    section_key,
    topic_of_source,
    words_of_topics,
)

ALIASES = {
    "Thời sự": "thoi-su",
    "trong nước": "thoi-su",
    "Thế giới": "the-gioi",
    "quốc tế": "the-gioi",
    "Kinh tế": "kinh-te",
    "kinh doanh": "kinh-te",
    "Thể thao": "the-thao",
    "bóng đá": "the-thao",
    "Sức khoẻ": "suc-khoe",
    "Khoa học – Công nghệ": "khoa-hoc-cong-nghe",
}


SECTIONS = {word: name for name, (title, words) in BUILT_IN_TOPICS.items() for word in (name, title, *words)}


def topic(*, category: str | None = None, url: str | None = None) -> str | None:
    words = words_of_topics(set(ALIASES.values()), ALIASES, {})
    return decide_topic(TopicClues(category, url, (), None), TopicRules(words))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bao.example/the-thao/bong-da/tran-cau-123.html", "the-thao"),
        ("https://bao.example/Home/TheGioi/bao.example/Tin-moi/123.epi", "the-gioi"),
        ("https://bao.example/kinh-doanh/chung-khoan/1.html", "kinh-te"),
        ("https://thethao.bao.example/tin-tuc/tennis/1.html", "the-thao"),
        ("https://bao.example/s%E1%BB%A9c-kho%E1%BA%BB/1.html", "suc-khoe"),
        ("https://bao.example/khoa-hoc-cong-nghe/1.html", "khoa-hoc-cong-nghe"),
        ("https://bao.example/bong-da", None),  # the last part is the article
        ("https://bao.example/tin-tuc/doi-tuyen-the-thao-len-duong-1.html", None),
        ("https://bao.example/the-gioi-di-dong-khai-truong/1.html", None),
        ("http://[::1/the-thao/1.html", None),
        ("the-thao", None),
        ("", None),
    ],
)
def test_the_sections_of_an_address_tell_the_topic(url: str, expected: str | None) -> None:
    assert topic(url=url) == expected


def test_the_category_comes_before_the_address() -> None:
    url = "https://bao.example/the-thao/1.html"
    assert topic(category="Thế giới", url=url) == "the-gioi"
    assert topic(category="Góc nhìn", url=url) == "the-thao"


def test_the_order_of_clues_is_category_address_source_words() -> None:
    words = words_of_topics(BUILT_IN_TOPICS, {}, SECTIONS)
    rules = TopicRules(words, {"bao-bien": "kinh-te"})
    clues = ("Bóng đá", "https://bao.example/the-gioi/1.html", ("Báo Biển", "bao-bien"), "giao-duc")
    told = [
        decide_topic(
            TopicClues(
                clues[0] if first < 1 else "Tin nóng",
                clues[1] if first < 2 else None,
                clues[2] if first < 3 else (None, "bao-doi"),
                clues[3] if first < 4 else None,
            ),
            rules,
        )
        for first in range(5)
    ]
    assert told == ["the-thao", "the-gioi", "kinh-te", "giao-duc", None]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bao.example/kinh-doanh/chung-khoan/1.html", "kinh-te"),
        ("https://bao.example/nhip-song-so/1.html", "khoa-hoc-cong-nghe"),
        ("https://bao.example/suc-khoe-c12/tin-1.html", "suc-khoe"),
        ("https://bao.example/tin-the-thao/tin-1.html", "the-thao"),
        ("https://bao.example/tin-tuc/an-ninh-trat-tu/1.html", "phap-luat"),
        ("https://dulich.bao.example/tin-tuc/1.html", "van-hoa-giai-tri"),
        ("https://bao.example/2026/11/the-gioi-so-do/tin-1.html", None),
    ],
)
def test_usual_section_names_lead_to_a_built_in_topic(url: str, expected: str | None) -> None:
    rules = TopicRules(words_of_topics(BUILT_IN_TOPICS, {}, SECTIONS))
    assert decide_topic(TopicClues(None, url, (), None), rules) == expected


def test_each_usual_section_name_belongs_to_one_topic() -> None:
    topics: dict[str, set[str]] = {}
    for word, topic in SECTIONS.items():
        topics.setdefault(section_key(word), set()).add(topic)
    assert {key: named for key, named in topics.items() if len(named) > 1} == {}


def test_sections_of_topics_that_the_newsroom_has_not_tell_nothing() -> None:
    words = words_of_topics(["san-co"], {"thể thao": "san-co"}, SECTIONS)
    assert words["bongda"] == "san-co"
    assert "chungkhoan" not in words


@pytest.mark.parametrize(
    ("name", "title", "address", "expected"),
    [
        ("vnx", "VnExpress", "https://bao.example/rss/the-thao.rss", "the-thao"),
        ("vnx", "VnExpress", "https://bao.example/rss/kinh-doanh/chung-khoan.rss", "kinh-te"),
        ("vnx", "VnExpress – Giáo dục", "https://bao.example/rss/7.rss", "giao-duc"),
        ("tuoi-tre-the-thao", "Tuổi Trẻ", "tuoi-tre.xml", "the-thao"),
        ("bao-phap-luat", "Báo Pháp luật", "https://bao.example/rss/home.rss", None),
        ("vnx", "VnExpress", "https://bao.example/rss/tin-moi-nhat.rss", None),
        ("vnx", "VnExpress", "https://[::1", None),
    ],
)
def test_a_feeds_address_title_or_name_may_be_one_section(
    name: str, title: str, address: str, expected: str | None
) -> None:
    words = words_of_topics(BUILT_IN_TOPICS, {}, SECTIONS)
    assert topic_of_source(name, title, address, words) == expected


def test_the_fingerprint_changes_with_what_decides_and_only_then() -> None:
    rules = TopicRules({"a": "x", "b": "y"}, {"bao": "x"})
    assert rules.fingerprint == TopicRules({"b": "y", "a": "x"}, {"bao": "x"}).fingerprint
    assert rules.fingerprint != TopicRules({"a": "x", "b": "x"}, {"bao": "x"}).fingerprint
    assert rules.fingerprint != TopicRules({"a": "x", "b": "y"}, {"bao": "y"}).fingerprint


@pytest.mark.parametrize(
    "word", ["THỂ THAO", "thể  thao", "the-thao", "The Thao", "Bóng đá", "Thể thao > Bóng đá"]
)
def test_marks_case_and_hyphens_make_no_difference(word: str) -> None:
    assert topic(category=word) == "the-thao"


def test_of_a_path_of_categories_the_broadest_known_one_counts() -> None:
    assert topic(category="Tin tức / Thế giới / Bóng đá") == "the-gioi"


@pytest.mark.parametrize("category", ["", " ", "///", "Chuyện bốn phương", "\x00", "🌏"])
def test_unknown_categories_tell_nothing(category: str) -> None:
    assert topic(category=category) is None
