"""Files as public scrapers, spreadsheets and other programs write them: each is taken for what it is."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.intake.drafts import Incoming, Taken
from storage.times import Published

_Read = Callable[..., list[Taken]]
_TITLE = "Bến đò Cồn Sậy có hai phà mới sau ba mươi năm chờ đợi"
_MORNING = Published(dt.datetime(2021, 5, 4, 2, 30, tzinfo=dt.UTC))


@pytest.fixture
def articles(read_bytes: _Read, data_folder: Path) -> Callable[[str], list[Incoming]]:
    """Return a reader of the articles of a data file, none of it refused."""

    def read(name: str) -> list[Incoming]:
        taken = read_bytes((data_folder / "shapes" / name).read_bytes(), name)
        assert all(isinstance(one, Incoming) for one in taken), taken
        return [one for one in taken if isinstance(one, Incoming)]

    return read


_Articles = Callable[[str], list[Incoming]]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("newsapi.json", 2),
        ("wordpress.json", 1),
        ("mongo.jsonl", 1),
        ("elastic.json", 1),
        ("bang.csv", 1),
        ("ong.txt", 1),
        ("nhan.txt", 1),
        ("nhieu-nhan.txt", 3),
        ("dong-trong.txt", 2),
        ("mot-bai.txt", 1),
        ("dau-trang.md", 1),
    ],
)
def test_every_shape_gives_its_articles_whole(articles: _Articles, name: str, count: int) -> None:
    found = articles(name)
    assert len(found) == count
    assert found[0].title.startswith("Bến đò Cồn Sậy có hai phà mới")
    assert "Bến đò Cồn Sậy được nâng cấp" in found[0].body
    for article in found:
        text = f"{article.title}\n{article.sapo}\n{article.body}"
        assert not any(
            mark in text for mark in ("<p>", "rendered", "Title:", "Content:", "http", "---", "Ảnh:")
        )


@pytest.mark.parametrize(
    "name",
    ["newsapi.json", "wordpress.json", "mongo.jsonl", "elastic.json", "bang.csv", "nhan.txt", "dau-trang.md"],
)
def test_a_shape_with_a_time_gives_it_to_the_minute(articles: _Articles, name: str) -> None:
    assert articles(name)[0].published == _MORNING


def test_a_date_and_a_time_of_day_under_two_names_are_one_time(articles: _Articles) -> None:
    assert articles("bang.csv")[0].published == _MORNING


@pytest.mark.parametrize(
    "name",
    ["newsapi.json", "wordpress.json", "mongo.jsonl", "elastic.json", "bang.csv", "ong.txt", "nhan.txt"],
)
def test_a_shape_with_a_lead_gives_it_as_the_lead(articles: _Articles, name: str) -> None:
    assert articles(name)[0].sapo.startswith("Từ sáng nay, bến đò Cồn Sậy")


@pytest.mark.parametrize("name", ["newsapi.json", "mongo.jsonl", "elastic.json", "ong.txt"])
def test_a_source_is_a_name_or_an_object_with_one(articles: _Articles, name: str) -> None:
    assert articles(name)[0].source == "Báo Cồn Sậy"


def test_a_label_within_the_text_is_text_and_labels_below_it_are_labels(articles: _Articles) -> None:
    [article] = articles("nhan.txt")
    assert "Tiêu đề: một cuốn sách cũ kể chuyện bến đò" in article.body
    assert "Link: người dân gọi vui như thế" in article.body
    assert "Hoàng Mai" not in article.body
    assert article.topic == "Thời sự"
    assert article.url == "https://consay.example/pha-moi.html"


def test_a_break_of_stars_within_one_article_parts_nothing(articles: _Articles) -> None:
    [article] = articles("mot-bai.txt")
    assert "Ban quản lý bến cho biết" in article.body
