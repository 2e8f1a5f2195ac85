"""Saved pages: the article without its surroundings, and a hostile page harms nobody."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from storage.intake.drafts import Incoming, Origin, Refusal, Taken, UnreadableError
from storage.intake.pages import read_page
from storage.times import Published

_Read = Callable[..., list[Taken]]
_PROSE = "<p>Chuyến phà đầu tiên rời bến lúc năm giờ sáng, chở theo hơn bốn mươi người dân sang chợ nổi.</p>"


def _page(head: str = "", body: str = _PROSE * 3) -> str:
    return f"<!doctype html><html><head><title>Bến phà mở lại</title>{head}</head><body>{body}</body></html>"


def test_a_saved_page_becomes_its_article(read_bytes: _Read, data_folder: Path) -> None:
    data = (data_folder / "ben-pha.html").read_bytes().replace(b"2026-03-01", b"2021-03-01")
    [taken] = read_bytes(data, "ben-pha.html")
    assert isinstance(taken, Incoming)
    assert taken.title == "Bến phà Cồn Sậy mở lại"
    assert taken.sapo.startswith("Sau ba tháng sửa chữa")
    assert taken.body.startswith("Chuyến phà đầu tiên rời bến")
    assert not any(word in taken.body for word in ("Trang chủ", "Bản quyền"))
    assert taken.key == "url:baobien.example/ben-pha-1.html"
    assert taken.source == "Báo Biển"
    assert taken.published == Published(dt.datetime(2021, 3, 1, 1, 15, tzinfo=dt.UTC))


def test_the_declared_source_goes_before_the_pages_own_name(read_bytes: _Read, data_folder: Path) -> None:
    [taken] = read_bytes((data_folder / "ben-pha.html").read_bytes(), "a.html", Origin("hop-thu"))
    assert isinstance(taken, Incoming)
    assert taken.source == "hop-thu"


def test_a_page_without_a_date_gets_none(read_bytes: _Read) -> None:
    [taken] = read_bytes(_page().encode(), "a.html")
    assert isinstance(taken, Incoming)
    assert taken.published is None


@pytest.mark.parametrize("body", ["", "<script>alert('mưa lớn ở Hạ Long')</script>"])
def test_a_page_without_an_article_is_refused(read_bytes: _Read, body: str) -> None:
    [taken] = read_bytes(_page(body=body).encode(), "a.html")
    assert isinstance(taken, Refusal)


def test_what_a_page_only_runs_is_not_its_text(read_bytes: _Read) -> None:
    hidden = "<script>document.write('Nước lũ dâng cao trong đêm tối mịt mùng')</script><style>p{}</style>"
    [taken] = read_bytes(_page(body=hidden + _PROSE * 3).encode(), "a.html")
    assert isinstance(taken, Incoming)
    assert "Nước lũ" not in taken.body


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 300_000,
        "<p>" + "<b><i>" * 100_000 + _PROSE,
        "<a " + "x=1 " * 500_000 + ">",
        "&#1234567890;\0\x01" * 50_000,
    ],
)
def test_a_hostile_page_is_over_soon(body: str) -> None:
    """With or without an article, parsing ends, and its process too."""
    with suppress(UnreadableError):
        assert read_page(_page(body=body).encode(), "a.html", Origin(), deadline_seconds=2).title


@pytest.mark.usefixtures("fresh_children")  # the start alone takes longer
def test_a_page_that_is_too_slow_is_refused_with_the_reason() -> None:
    with pytest.raises(UnreadableError, match=r"trang không đọc xong trong 0.01 giây"):
        read_page(_page().encode(), "a.html", Origin(), deadline_seconds=0.01)
