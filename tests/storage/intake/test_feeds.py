"""RSS and Atom: items become articles, an empty one is refused by number, and a hostile feed harms nobody."""

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.intake.drafts import Incoming, Origin, Refusal, Taken
from storage.times import Published
from tests.storage.intake.feed_texts import item, rss

_Read = Callable[..., list[Taken]]
_LEAD = "Nước sông dâng nhanh trong đêm khiến nhiều tuyến đường ven bờ ngập sâu."
_TEXT = _LEAD + " Lực lượng cứu hộ đã đưa hơn hai trăm người dân đến nơi an toàn ngay trong đêm."


def _articles(taken: list[Taken]) -> list[Incoming]:
    return [one for one in taken if isinstance(one, Incoming)]


def _refused(taken: list[Taken]) -> list[tuple[str, str]]:
    return [(one.path, one.reason) for one in taken if isinstance(one, Refusal)]


def test_a_feed_as_served_gives_its_items_and_names_the_empty_one(
    read_bytes: _Read, data_folder: Path
) -> None:
    taken = read_bytes((data_folder / "tin-sang.rss").read_bytes(), "tin-sang.rss")
    assert [one.title for one in _articles(taken)] == [
        "Chợ nổi trăm tuổi bên sông Hậu được dựng lại trên sân khấu",
        "Cây cầu tre cuối cùng của làng Hạ sắp nghỉ hưu",
        "Vé tàu Tết hết trong ba giờ",
    ]
    assert _refused(taken) == [("tin-sang.rss#3", "không có tiêu đề và nội dung")]


def test_a_description_becomes_a_sapo_without_markup(read_bytes: _Read, data_folder: Path) -> None:
    first, second, third = _articles(read_bytes((data_folder / "tin-sang.rss").read_bytes()))
    assert first.sapo.startswith("Đoàn kịch Sông Xanh mất hai năm")
    assert second.sapo.endswith("khách tham quan & trẻ nhỏ.")
    assert third.sapo.startswith("Hơn 12.000 vé tàu")
    assert {one.body for one in (first, second, third)} == {""}


def test_an_item_keeps_its_address_id_time_and_first_category(read_bytes: _Read, data_folder: Path) -> None:
    first, _, third = _articles(read_bytes((data_folder / "tin-sang.rss").read_bytes()))
    assert first.url == first.external_id == "https://tinsang.example/tin-tuc/cho-noi-3670001.html"
    assert first.published == Published(dt.datetime(2020, 3, 3, 10, 40, 1, tzinfo=dt.UTC))
    assert first.topic == "Tin mới nhất / Tin Sáng RSS"
    assert (third.url, third.external_id, third.topic) == (None, "ve-tau-tet", "Kinh tế")
    assert third.key == "id:15:tinsang.example:ve-tau-tet"


def test_the_declared_source_goes_before_the_feeds_home_page(read_bytes: _Read, data_folder: Path) -> None:
    data = (data_folder / "tin-sang.rss").read_bytes()
    assert {one.source for one in _articles(read_bytes(data))} == {"tinsang.example"}
    assert {one.source for one in _articles(read_bytes(data, origin=Origin("Tin Sáng")))} == {"Tin Sáng"}


@pytest.mark.parametrize("home", ["javascript:alert(1)", "http://[::1", "không phải", ""])
def test_a_home_page_that_is_no_address_names_no_source(read_bytes: _Read, home: str) -> None:
    [taken] = _articles(read_bytes(rss(f"<link>{home}</link>", item()).encode()))
    assert taken.source == ""


def test_an_atom_entry_has_lead_and_body(read_bytes: _Read, data_folder: Path) -> None:
    [taken] = _articles(read_bytes((data_folder / "doi-che.atom").read_bytes()))
    assert taken.title == "Mưa & sương phủ kín đồi chè"
    assert taken.sapo.startswith("Sương dày khiến tầm nhìn")
    assert taken.body.split("\n")[0] == "Đường đèo khó đi"
    assert "alert" not in taken.body
    assert taken.published == Published(dt.datetime(2021, 5, 5, 23, 30, tzinfo=dt.UTC))
    assert (taken.external_id, taken.topic) == ("tag:doiche.example,2021:7", "Thời tiết")


@pytest.mark.parametrize(
    ("fields", "sapo", "has_body"),
    [
        ({"description": _LEAD}, _LEAD, False),
        ({"description": _LEAD[:40] + "...", "content:encoded": _TEXT}, "", True),
        ({"description": "Đêm qua mưa rất to.", "content:encoded": _TEXT}, "Đêm qua mưa rất to.", True),
        ({"content:encoded": _TEXT, "description": "Đêm qua mưa rất to."}, "Đêm qua mưa rất to.", True),
        ({"content:encoded": _TEXT}, "", True),
        ({"description": "No description", "content:encoded": _TEXT}, "", True),
        ({"description": "(Chưa có mô tả)"}, "", False),
        ({}, "", False),
    ],
)
def test_the_longer_text_is_the_body(
    read_bytes: _Read, fields: dict[str, str], sapo: str, has_body: bool
) -> None:
    [taken] = _articles(read_bytes(rss(item(**fields)).encode()))
    assert taken.sapo == sapo
    assert bool(taken.body) == has_body


def _as_windows_1258(text: str) -> bytes:
    """Encode as papers did: letters with their hats and horns, tones as marks after them."""
    parted = unicodedata.normalize("NFD", text)
    for tone in "\u0300\u0301\u0303\u0309\u0323":
        parted = re.sub(f"{tone}([\u0302\u0306\u031b])", rf"\1{tone}", parted)
    lettered = re.sub("[a-zA-Z][\u0302\u0306\u031b]", lambda m: unicodedata.normalize("NFC", m[0]), parted)
    return lettered.encode("cp1258")


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
def test_a_declared_charset_is_honoured(read_bytes: _Read, charset: str) -> None:
    text = rss(item(description="Nước ngập tiệm bánh."), head=f'<?xml version="1.0" encoding="{charset}"?>')
    [taken] = _articles(
        read_bytes(_as_windows_1258(text) if charset == "windows-1258" else text.encode(charset))
    )
    assert (taken.title, taken.sapo) == ("Mưa lớn ở Hạ Long", "Nước ngập tiệm bánh.")


def test_bytes_outside_the_declared_charset_are_refused(read_bytes: _Read) -> None:
    data = rss(item("Mua to"), head='<?xml version="1.0" encoding="utf-8"?>')
    [(path, reason)] = _refused(read_bytes(data.encode().replace(b"Mua", b"M\xfca"), "f.rss"))
    assert path == "f.rss"
    assert reason.startswith("không đọc được theo bảng mã UTF-8")


def test_a_feed_cut_in_an_item_gives_the_others_and_names_it(read_bytes: _Read) -> None:
    whole = rss(item(description=_LEAD), item("Nắng đẹp ở Đà Nẵng", description=_LEAD)).encode()
    for cut in range(whole.index("Nắng đẹp".encode()) + 1, whole.index(b"</item></channel>") + 6, 45):
        taken = read_bytes(whole[:cut], "f.rss")
        assert [one.place for one in _articles(taken)] == ["f.rss#1"]
        assert _refused(taken) == [("f.rss#2", "feed bị cắt cụt ở đây")]


def test_a_feed_cut_between_items_says_so(read_bytes: _Read) -> None:
    whole = rss(item(description=_LEAD), item("Nắng đẹp ở Đà Nẵng", description=_LEAD))
    taken = read_bytes(whole.removesuffix("</channel></rss>").encode(), "f.rss")
    assert len(_articles(taken)) == 2
    assert _refused(taken) == [("f.rss", "feed bị cắt cụt ở đây")]


@pytest.mark.parametrize(
    "flaw",
    [
        "&",
        "\x00",
        "\x0b\x1f",
        "</br>",
        "<b>",
        "&nbsp;",
        "&khong;",
        "\ufffe",
        "&#xd800;",
        "&#0;",
        "&#1114112;",
        "&#" + "9" * 9999 + ";",
    ],
)
def test_a_small_flaw_costs_no_item(read_bytes: _Read, flaw: str) -> None:
    taken = read_bytes(rss(item(description=f"Mưa {flaw} to."), item("Nắng đẹp ở Đà Nẵng")).encode())
    assert [one.title for one in _articles(taken)] == ["Mưa lớn ở Hạ Long", "Nắng đẹp ở Đà Nẵng"]
    assert _refused(taken) == []


def test_a_feed_of_no_items_gives_nothing(read_bytes: _Read) -> None:
    assert read_bytes(rss().encode()) == []


def test_an_item_of_a_collection_bears_its_papers_name_and_no_list_of_headlines(read_bytes: _Read) -> None:
    links = '<ol><li><a href="http://g.example/1">Chợ nổi họp lại</a> <font>Báo Sen</font></li></ol>'
    feed = (
        "<channel><link>http://gom.example</link>"
        f"<item><title>Chợ nổi - chợ quê họp lại - Báo Sen</title><link>http://gom.example/1</link>"
        f"<description>{html.escape(links)}</description>"
        '<source url="https://bao-sen.example">Báo Sen</source></item></channel>'
    )
    [taken] = read_bytes(f'<rss version="2.0">{feed}</rss>'.encode())
    assert isinstance(taken, Incoming)
    assert (taken.title, taken.sapo, taken.source) == ("Chợ nổi - chợ quê họp lại", "", "Báo Sen")


def test_the_writer_and_the_date_that_a_program_puts_below_the_text_are_no_text(read_bytes: _Read) -> None:
    markup = f"<p>{_TEXT}</p> <div>bientap2</div> <span>Sat, 11/28/2026 - 09:05</span>"
    [found] = _articles(read_bytes(rss(item(description=html.escape(markup))).encode()))
    assert found.sapo == _TEXT


@pytest.mark.parametrize(
    ("title", "category", "topic"),
    [
        ("Báo Sông Hậu - Thể thao", "", "Thể thao"),
        ("Sông Hậu - Thể thao", "", "Sông Hậu / Thể thao"),
        ("Sông Hậu - Thể thao", "Bóng đá", "Bóng đá"),
        ("Sông Hậu", "", None),
    ],
)
def test_a_feeds_own_title_tells_the_section_of_items_without_a_category(
    read_bytes: _Read, title: str, category: str, topic: str | None
) -> None:
    feed = rss(item(description=_TEXT, category=category)).replace("<title>Báo<", f"<title>{title}<", 1)
    [found] = _articles(read_bytes(feed.encode()))
    assert found.topic == topic


def test_markup_that_was_escaped_twice_is_read_and_other_brackets_stay(read_bytes: _Read) -> None:
    lead = "<p>Nông dân bẫy chuột <b>bằng điện</b>, một cách <cực kỳ nguy hiểm>.</p>"
    [taken] = read_bytes(rss(item(description=html.escape(html.escape(lead)))).encode())
    assert isinstance(taken, Incoming)
    assert taken.sapo == "Nông dân bẫy chuột bằng điện, một cách <cực kỳ nguy hiểm>."


def test_a_lead_that_the_body_repeats_is_dropped_also_with_a_footer_behind_it(read_bytes: _Read) -> None:
    footer = "<p>The post Bến phà mở lại appeared first on Báo Sen.</p>"
    first = "Bến phà mở lại sau ba tháng, mỗi ngày đón hơn một nghìn khách từ hai bờ sông."
    repeated = item(
        description=html.escape(f"<p>{first[:50]} [&#8230;]</p>{footer}"),
        **{"content:encoded": html.escape(f"<p>{first}</p><p>Vé giữ nguyên giá cũ.</p>{footer}")},
    )
    [taken] = read_bytes(rss(repeated).encode())
    assert isinstance(taken, Incoming)
    assert (taken.sapo, taken.body.split("\n")) == ("", [first, "Vé giữ nguyên giá cũ."])
