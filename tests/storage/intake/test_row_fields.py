"""Rows under other names than ours: read by one table of names, or refused with the unknown keys."""

from typing import Any

import pytest

from storage.intake.drafts import Draft, UnreadableError
from storage.intake.row_fields import draft_of
from storage.intake.row_shapes import UNUSED, find_name

_TITLE = "Mưa lớn ở Hạ Long"
_LEAD = "Mưa lớn trút xuống Hạ Long trong đêm."
_TEXT = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."


def _draft(**row: Any) -> Draft:
    return draft_of(row, "tin.jsonl:1")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *[
            (name, "title")
            for name in ("headline", "Tiêu đề", "TIEU_DE", "tieuDe", "Article Title", "og:title")
        ],
        *[
            (name, "sapo")
            for name in ("description", "Mô-tả", "tom_tat", "Summary", "abstract", "Tóm tắt bài viết")
        ],
        *[
            (name, "body")
            for name in (
                "content",
                "noiDung",
                "Nội dung",
                "articleBody",
                "content_html",
                "full-text",
                "field_body",
            )
        ],
        *[
            (name, "published")
            for name in ("publishedAt", "pub_date", "Ngày đăng", "created_at", "thoi-gian-dang")
        ],
        *[(name, "url") for name in ("link", "href", "Đường dẫn", "article_url", "Link bài viết")],
        *[(name, "source") for name in ("publisher", "site_name", "Nguồn", "toa_soan")],
        *[(name, "topic") for name in ("category", "chuyen_muc", "articleSection", "Danh mục")],
        *[(name, "external_id") for name in ("_id", "postId", "mã bài", "guid")],
        *[(name, UNUSED) for name in ("authors", "Tác giả", "tags", "urlToImage")],
    ],
)
def test_names_are_known_whatever_their_case_accents_and_separators(name: str, field: str) -> None:
    found = find_name(name)
    assert found is not None
    assert found.field == field


@pytest.mark.parametrize(
    "name", ["", "article", "x" * 100_000, "article_lines_v2", "title_en", "Hà Nội", "1"]
)
def test_what_is_no_name_is_none(name: str) -> None:
    assert find_name(name) is None or name == "article"


def test_text_under_a_key_that_nobody_reads_is_refused_with_the_key() -> None:
    with pytest.raises(UnreadableError, match="khóa không ai đọc: «article_lines_v2», «extra»"):
        _draft(title=_TITLE, article_lines_v2=_TEXT, extra={"p": [_TEXT]}, fetched_by="bot-7")
    with pytest.raises(UnreadableError, match="«tit_lon»"):
        _draft(tit_lon="Mưa lớn ở Hạ Long làm ngập nhiều tuyến đường", content=_TEXT)


def test_a_title_alone_with_harmless_keys_is_a_row() -> None:
    row = _draft(
        title=_TITLE, tags=["mưa", "lũ"], author="Một tên rất dài của cả một nhóm phóng viên", views=3
    )
    assert row == Draft("tin.jsonl:1", title=_TITLE)


def test_of_two_keys_for_a_field_the_declared_order_decides_and_no_text_is_lost() -> None:
    row = _draft(
        title=_TITLE, text="Trường học đóng cửa.", content=_TEXT, summary="Ngập nặng.", description=_LEAD
    )
    assert row.sapo == _LEAD
    assert row.body == f"Ngập nặng.\n{_TEXT}\nTrường học đóng cửa."
    assert _draft(title=_TITLE, content_html=f"<p>{_TEXT}</p>", content_text=_TEXT).body == _TEXT


def test_our_own_key_goes_before_its_other_names() -> None:
    assert _draft(headline="Khác", title=_TITLE, content="Khác", body=_TEXT).title == _TITLE


@pytest.mark.parametrize(
    ("value", "published"),
    [
        (1383711900, "1383711900"),
        (1383711900.5, "1383711900"),
        ({"$date": "2013-11-06T04:45:00Z"}, "2013-11-06T04:45:00Z"),
        (10**400, ""),
        (float("inf"), ""),
        ([], ""),
    ],
)
def test_times_may_be_epochs_and_objects(value: Any, published: str) -> None:
    assert _draft(title=_TITLE, timestamp=value).published == published


def test_a_time_that_can_be_read_goes_before_one_that_cannot() -> None:
    assert _draft(title=_TITLE, date="5 giờ trước", created_at="2021-05-04").published == "2021-05-04"
    assert _draft(title=_TITLE, date="2021-05-04", time="09:30").published == "09:30 2021-05-04"
    assert _draft(title=_TITLE, date="2021-05-04 08:00", time="09:30").published == "2021-05-04 08:00"


def test_lists_and_objects_give_their_first_name() -> None:
    row = _draft(
        title=[_TITLE], source={"name": "Báo Mới", "url": "https://x.example"}, categories=["", "Thời sự"]
    )
    assert (row.title, row.source, row.topic) == (_TITLE, "Báo Mới", "Thời sự")
    assert _draft(title=_TITLE, category={"id": 4, "name": "Thời sự"}).topic == "Thời sự"
    assert _draft(title=_TITLE, category=12, source_name=3).topic == ""


def test_a_source_that_is_an_address_is_the_address() -> None:
    row = _draft(title=_TITLE, nguon="https://bao.example/tin-1.html")
    assert (row.url, row.source) == ("https://bao.example/tin-1.html", "")


def test_html_becomes_text_a_line_a_block() -> None:
    row = _draft(
        title="Mưa &amp; lũ ở <b>Hạ Long</b>",
        content=f"<div><p>{_TEXT}</p><script>x()</script><p>Hết.</p></div>",
    )
    assert (row.title, row.body) == ("Mưa & lũ ở Hạ Long", f"{_TEXT}\nHết.")


def test_an_article_within_a_row_is_that_row() -> None:
    assert _draft(_id="7", article={"title": _TITLE, "content": _TEXT}).body == _TEXT


def test_a_titled_row_takes_its_text_from_within() -> None:
    row = {"webTitle": _TITLE, "fields": {"trailText": _LEAD, "bodyText": _TEXT}, "id": "a/b"}
    draft = _draft(**row)
    assert (draft.title, draft.sapo, draft.body, draft.external_id) == (_TITLE, _LEAD, _TEXT, "a/b")


def test_objects_that_hold_one_value_are_that_value() -> None:
    draft = _draft(
        headline={"main": _TITLE, "kicker": None},
        body={"text": _TEXT},
        mainEntityOfPage={"@type": "WebPage", "@id": "https://b.example/tin-1.html"},
    )
    assert (draft.title, draft.body, draft.url) == (_TITLE, _TEXT, "https://b.example/tin-1.html")


@pytest.mark.parametrize("written", [f"['{_LEAD}', \"{_TEXT}\"]", f'["{_LEAD}", "{_TEXT}"]'])
def test_a_list_that_a_table_holds_as_text_is_a_list(written: str) -> None:
    assert _draft(title=_TITLE, content=written, category="['Thời sự', 'Mưa']").body == f"{_LEAD}\n{_TEXT}"
    assert _draft(title=_TITLE, content=written, category="['Thời sự', 'Mưa']").topic == "Thời sự"


@pytest.mark.parametrize(
    "text", ["[" * 50_000 + "'a']", "['" + "[" * 9, f"['{_LEAD}", "[Ảnh] 'Mưa'", "['a', 1']"]
)
def test_what_only_begins_like_a_list_stays_text(text: str) -> None:
    assert _draft(title=_TITLE, content=text).body == text


def test_a_headline_does_not_end_in_its_papers_name() -> None:
    assert _draft(title=f"{_TITLE} - Báo A", content=_TEXT, source={"name": "Báo A"}).title == _TITLE


def test_markdown_in_a_row_becomes_text() -> None:
    body = f"## Mưa lớn\n\n**{_LEAD}**\n\n![Ảnh](a.jpg)\n{_TEXT} [Bản đồ](https://b.example/a)"
    assert _draft(title=_TITLE, markdown=body).body.split("\n") == [
        "Mưa lớn", "", _LEAD, "", f"{_TEXT} Bản đồ",
    ]  # fmt: skip


def test_the_blocks_of_a_body_may_be_objects() -> None:
    body = [
        {"type": "text", "content": _TEXT},
        {"type": "photo", "src": "a.jpg"},
        {"type": "text", "content": "Hết."},
    ]
    assert _draft(title=_TITLE, body=body).body == f"{_TEXT}\nHết."
