"""An article's topic, by what its source says."""

import pytest

from summarizer.topics import guess_topic

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


def topic(*, category: str | None = None, url: str | None = None, declared: str | None = None) -> str | None:
    return guess_topic(feed_category=category, url=url, declared=declared, aliases=ALIASES)


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


def test_what_is_declared_comes_before_the_category_and_that_before_the_address() -> None:
    url = "https://bao.example/the-thao/1.html"
    assert topic(declared="kinh-te", category="Thế giới", url=url) == "kinh-te"
    assert topic(declared=None, category="Thế giới", url=url) == "the-gioi"
    assert topic(declared="chuyện lạ", category="Góc nhìn", url=url) == "the-thao"


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
