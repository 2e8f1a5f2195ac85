"""Which pages are articles, and which page is the article of a lead."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from storage.intake.child_parsing import Page
from storage.intake.drafts import Incoming, Refusal, Taken
from storage.intake.pages import FRONT, GONE, SECTION, is_front, mismatch_of, objection_to, paper_of
from storage.times import Published
from tests.storage.conftest import incoming

_Read = Callable[..., list[Taken]]
NOW = dt.datetime(2026, 10, 5, 15, 0, tzinfo=dt.UTC)
TITLE = "Trạm y tế Đồng Lạc có máy siêu âm, người dân khỏi đi 30 km"
LEAD = (
    "Trạm y tế xã Đồng Lạc vừa nhận máy siêu âm, mỗi ngày khám cho khoảng 50 người thay vì chuyển lên huyện."
)
PROSE = "Bác sĩ của huyện về xã hai ngày một tuần, khám cho người già và trẻ nhỏ ngay tại trạm. "
URL = "https://bao.example/tram-y-te-5999200.html"
HEADLINES = [
    f"Chuyện thứ {word} của tuần này ở vùng cao"
    for word in ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín")
]


def page(**given: Any) -> Page:
    """Build what the parser tells of an article's page."""
    values: dict[str, Any] = {
        "title": TITLE, "sapo": LEAD, "body": PROSE * 9, "url": "", "topic": "", "published": "",
        "canonical": "", "og_url": "", "og_type": "", "names": [], "is_dated": False, "headline_links": 0,
        "linked_share": 0, "teaser_share": 0,
    }  # fmt: skip
    return Page(**(values | given))


def lead(**given: Any) -> Incoming:
    """Build an item of a feed."""
    return incoming(URL, TITLE, "", url=URL, sapo=LEAD, published=Published(NOW), **given)


def html(body: str, head: str = "", title: str = "Tin") -> bytes:
    """Build a page."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, None),
        ({"og_type": "article"}, None),
        ({"og_type": "website"}, None),  # many papers write that everywhere
        ({"is_dated": True, "canonical": "https://bao.example/"}, None),
        ({"is_dated": True, "og_type": "article", "linked_share": 90}, None),
        ({"canonical": "https://bao.example/"}, FRONT),
        ({"og_type": "article", "og_url": "https://bao.example/index.html"}, FRONT),
        ({"title": "Báo Biển - Tin tức 24h", "names": ["Báo Biển"], "headline_links": 30}, FRONT),
        ({"linked_share": 80}, SECTION),
        ({"teaser_share": 90, "is_dated": True}, SECTION),
        ({"og_type": "website", "canonical": "https://bao.example/the-thao/", "headline_links": 30}, SECTION),
        ({"og_type": "website", "canonical": URL, "headline_links": 30}, None),
        ({"title": "Không tìm thấy trang", "body": "Bài đã bị gỡ."}, GONE),
        ({"title": "Vẫn không tìm thấy tàu chìm ở Hòn Sẹo"}, None),
    ],
)  # fmt: skip
def test_what_a_page_is(given: dict[str, Any], reason: str | None) -> None:
    assert objection_to(page(**given)) == reason


CARD = '<div><h3><a href="/bai-{0}-599{0}000.html">{1}</a></h3><p>{2}</p></div>'


@pytest.mark.parametrize("linked", [True, False])
def test_a_saved_page_that_lists_articles_is_refused_as_such(read_bytes: _Read, linked: bool) -> None:
    text = f"<a href='/x'>{PROSE}</a>" if linked else PROSE
    cards = "".join(CARD.format(n, headline, f"{headline}: {text}") for n, headline in enumerate(HEADLINES))
    [taken] = read_bytes(html(f"<h1>Thời sự</h1><main>{cards}</main>"), "a.html")
    assert isinstance(taken, Refusal)
    assert "không phải một bài báo" in taken.reason


def test_an_article_with_other_headlines_beside_it_is_taken(read_bytes: _Read) -> None:
    cards = "".join(CARD.format(n, headline, PROSE) for n, headline in enumerate(HEADLINES))
    article = f"<article><h1>{TITLE}</h1><p>{LEAD}</p>" + f"<p>{PROSE * 3}</p>" * 5 + "</article>"
    [taken] = read_bytes(html(f"{article}<aside>{cards}</aside>", title=TITLE), "a.html")
    assert isinstance(taken, Incoming)
    assert "Bác sĩ của huyện" in taken.body
    assert HEADLINES[0] not in taken.body


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-01T08:15:00+07:00">',
        '<meta name="pubdate" content="2021-03-01T08:15:00+07:00">',
        '<meta itemprop="datePublished" content="2021-03-01T08:15:00+07:00">',
        '<META NAME="DC.date.issued" CONTENT="01/03/2021 08:15">',
        '<script type="application/ld+json">{"datePublished":"2021-03-01T01:15:00Z"}</script>',
    ],
)
def test_a_time_that_stands_in_the_head_only_is_read(read_bytes: _Read, head: str) -> None:
    [taken] = read_bytes(html(f"<h1>{TITLE}</h1>" + f"<p>{PROSE * 3}</p>" * 3, head, TITLE), "a.html")
    assert isinstance(taken, Incoming)
    assert taken.published == Published(dt.datetime(2021, 3, 1, 1, 15, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("names", "paper"),
    [
        (["Công ty Cổ phần Sóng Mới", "Báo Biển"], "Báo Biển"),
        (["Sóng Mới JSC", "Trang chủ"], ""),
        (["Tổng công ty Truyền thông", "CTCP Sóng", "Sóng Mới Co., Ltd."], ""),
        (["Báo Công an Thủ đô"], "Báo Công an Thủ đô"),
        (["Tạp chí Công Thương"], "Tạp chí Công Thương"),
        ([], ""),
    ],
)
def test_the_paper_is_no_company(names: list[str], paper: str) -> None:
    assert paper_of(page(names=names)) == paper


def test_a_page_of_a_company_alone_is_its_hosts(read_bytes: _Read) -> None:
    head = (
        '<meta property="og:site_name" content="Công ty TNHH Sóng Mới">'
        f'<link rel="canonical" href="{URL}"><meta name="pubdate" content="2021-03-01">'
    )
    [taken] = read_bytes(html(f"<h1>{TITLE}</h1>" + f"<p>{PROSE * 3}</p>" * 3, head, TITLE), "a.html")
    assert isinstance(taken, Incoming)
    assert taken.source == "bao.example"


@pytest.mark.parametrize(
    ("given", "final"),
    [
        ({}, URL),
        ({"canonical": URL}, URL),
        ({"canonical": "/tram-y-te-5999200.html"}, URL),
        ({"canonical": "https://m.bao.example/ten-khac-5999200.html"}, URL),
        ({"canonical": "https://bao.example/suc-khoe/tram-y-te-5999200.html"}, URL),
        ({"canonical": "https://bao.example/doi-ten-moi"}, "https://bao.example/doi-ten-moi"),
        ({"canonical": "javascript:alert(1)"}, URL),
        ({"canonical": "https://[::1"}, URL),
        ({"title": f"{TITLE} - Báo Biển"}, URL),
        ({"title": "Máy siêu âm về xã vùng cao Đồng Lạc"}, URL),  # the headline changed, the lead did not
        ({"sapo": "", "body": PROSE * 9}, URL),
        ({"title": "Máy mới về xã", "body": f"{LEAD} {PROSE * 9}", "sapo": ""}, URL),
        ({"published": "2026-10-02T08:00:00+07:00"}, URL),
        (
            {"published": "2026-08-02T08:00:00+07:00"},
            URL,
        ),  # feeds err in their times; the headline is the same
    ],
)
def test_a_page_that_is_the_leads_article_is_used(given: dict[str, Any], final: str) -> None:
    assert mismatch_of(lead(), page(**given), final, zone="UTC", now=NOW) is None


OTHER = {"title": "Giá rau xanh tại chợ đầu mối giảm một nửa sau mưa", "sapo": "Rau về chợ nhiều gấp đôi."}


@pytest.mark.parametrize(
    ("given", "final", "reason"),
    [
        ({}, "https://bao.example/", "chuyển về trang chủ"),
        ({}, "https://bao.example/index.html?gone", "chuyển về trang chủ"),
        ({"canonical": "https://bao.example/"}, URL, "địa chỉ là trang chủ"),
        ({"canonical": "https://khac.example/tram-y-te-moi"}, URL, "báo khác"),
        ({"canonical": "https://bao.example/gia-rau-5999201.html"}, URL, "bài khác"),
        ({"title": "Không tìm thấy trang", "sapo": "", "body": "Mời bạn về trang chủ."}, URL, "đã gỡ"),
        ({"body": "Bài viết này đã bị gỡ. Mời bạn đọc tin khác."}, URL, "đã gỡ"),
        (OTHER, URL, "không giống"),
        (OTHER, "https://bao.example/gia-rau-5999201.html", "không giống"),
        ({"title": "Máy siêu âm về xã vùng cao Đồng Lạc", "published": "2026-08-02"}, URL, "hơn một tuần"),
    ],
)
def test_a_page_that_is_another_is_not_used(given: dict[str, Any], final: str, reason: str) -> None:
    assert reason in (mismatch_of(lead(), page(**given), final, zone="UTC", now=NOW) or "")


@pytest.mark.parametrize(
    "address", ["https://bao.example", "https://bao.example//", "/Trang-Chu.html", "/?x"]
)
def test_a_front_pages_address(address: str) -> None:
    assert is_front(address)


@pytest.mark.parametrize("address", ["https://bao.example/tin", "https://bao.example/?p=7", "https://[::1"])
def test_another_pages_address(address: str) -> None:
    assert not is_front(address)
