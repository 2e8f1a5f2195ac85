"""Text files: labels, several articles in one file, and the signs of an article."""

import datetime as dt

import pytest

from storage.intake.drafts import Draft, Origin, Refusal
from storage.intake.text_files import read_texts

_NOW = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
_TITLE = "Mưa lớn ở Hạ Long làm ngập nhiều tuyến đường"
_LEAD = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."
_BODY = "Chính quyền cho học sinh nghỉ học và đưa người già đến trường học trên đồi."
_MARKET = "Chợ phiên Cồn Sậy họp lại sau hai năm"
_OTHER = (
    f"{_MARKET}\nChợ có chín mươi sạp, một nửa của người trong xã.\nMọi sạp được miễn tiền thuê ba tháng."
)


def _read(text: str) -> list[Draft | Refusal]:
    return list(read_texts(text, "tin.txt", Origin(), _NOW))


def _one(text: str) -> Draft:
    [found] = _read(text)
    assert isinstance(found, Draft), found
    return found


def _reason(text: str) -> str:
    [found] = _read(text)
    assert isinstance(found, Refusal), found
    return found.reason


@pytest.mark.parametrize(
    "rule", ["-----", "=====", "***", "* * *", "#####", "_______", "----- 2 -----", "~~~~", "### Bài 2 ###"]
)
def test_ruled_lines_part_articles(rule: str) -> None:
    first, second = _read(f"{_TITLE}\n{_LEAD}\n{_BODY}\n\n{rule}\n\n{_OTHER}\n{rule}\n")
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.place, second.place) == ("tin.txt#1", "tin.txt#2")
    assert (first.title, second.title) == (_TITLE, _MARKET)


def test_headings_of_the_first_ones_level_part_articles() -> None:
    first, second = _read(f"# {_TITLE}\n\n{_LEAD}\n\n## Ngập sâu\n\n{_BODY}\n\n# {_OTHER}\n")
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.title, second.title) == (_TITLE, _MARKET)
    assert "Ngập sâu" in first.body


def test_blank_lines_part_articles_that_have_none_within() -> None:
    assert len(_read(f"{_TITLE}\n{_LEAD}\n{_BODY}\n\n{_OTHER}\n")) == 2
    assert len(_read(f"{_TITLE}\n\n{_LEAD}\n\n{_BODY}\n")) == 1
    assert len(_read(f"{_TITLE}\n\n{_LEAD}\n{_BODY}\n\nĐường ngập\n{_BODY}\n{_LEAD}\n")) == 1


def test_an_article_whose_lines_repeat_some_words_is_one_article() -> None:
    lines = [f"Giá vàng {name} sáng nay tăng {n}00.000 đồng một lượng." for n, name in enumerate("ABCDE", 1)]
    assert _one("\n".join(["Giá vàng sáng nay tăng ở mọi cửa hàng", *lines, _LEAD])).title.startswith(
        "Giá vàng"
    )


def test_a_part_that_is_no_article_is_refused_by_its_number() -> None:
    found = _read(f"{_TITLE}\n{_LEAD}\n-----\nDanh sách\nAn Lộc\n-----\n{_OTHER}\n")
    assert [type(one) for one in found] == [Draft, Refusal, Draft]
    assert isinstance(found[1], Refusal)
    assert found[1].path == "tin.txt#2"


@pytest.mark.parametrize("count", [5, 30, 100])
def test_articles_with_nothing_between_them_are_refused(count: int) -> None:
    names = [f"Bàu Sen {n}" for n in range(count)]
    text = "".join(
        f"Xã {name} mở lại chợ phiên sau hai năm.\n"
        f"Người dân xã {name} vừa mở lại chợ phiên sau hai năm chờ đợi.\n"
        f"Chợ có {n} sạp bán hàng nhà trồng.\n"
        for n, name in enumerate(names)
    )
    assert "nhiều bài" in _reason(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{_LEAD} {_BODY}",
        "An Lộc\nBàu Sen\nCồn Ngao",
        "Mưa\n" * 50,
        "Tổng cộng:\n" + _LEAD,
        _TITLE,
        "https://b.example/tin-1.html",
    ],
    ids=["prose alone", "a list", "a word", "a colon", "a headline alone", "an address"],
)
def test_a_text_without_signs_of_an_article_is_refused(text: str) -> None:
    assert _reason(text)


@pytest.mark.parametrize("line", ["https://b.example/tin-1.html", "Link: https://b.example/tin-1.html"])
@pytest.mark.parametrize(
    "order", ["{line}\n{title}\n\n{lead}", "{title}\n{line}\n\n{lead}", "{title}\n\n{lead}\n\n{line}"]
)
def test_a_bare_address_is_the_address(line: str, order: str) -> None:
    found = _one(order.format(line=line, title=_TITLE, lead=f"{_LEAD}\n\n{_BODY}"))
    assert (found.title, found.sapo, found.url) == (_TITLE, _LEAD, "https://b.example/tin-1.html")


@pytest.mark.parametrize(
    "head",
    [
        "Title: {t}\nSource: Báo Nhãn\nDate: 4/5/2021\nContent: {b}",
        "TIÊU ĐỀ : {t}\nNGUỒN : Báo Nhãn\nNGÀY : 4/5/2021\nNỘI DUNG : {b}",
        "Nội dung: {b}\nTiêu đề: {t}\nNguồn: Báo Nhãn\nNgày: 4/5/2021",
        "Tiêu đề:\n{t}\nNguồn:\nBáo Nhãn\nNgày đăng:\n4/5/2021\nNội dung:\n{b}",
    ],
)
def test_labels_are_read_in_whatever_form(head: str) -> None:
    found = _one(head.format(t=_TITLE, b=f"{_LEAD}\n{_BODY}"))
    assert (found.title, found.source, found.published) == (_TITLE, "Báo Nhãn", "4/5/2021")
    assert found.body == f"{_LEAD}\n{_BODY}"


@pytest.mark.parametrize(
    "head",
    [
        "[Tiêu đề]: {t}\n- Nguồn: Báo Nhãn\n- Ngày đăng: 4/5/2021\n\n{b}",
        "{t}\nNguồn: Báo Nhãn\nNgày đăng: 4/5/2021\n\n{b}",
        '---\ntitle: "{t}"\nsource: Báo Nhãn\ndate: 4/5/2021\n---\n\n{b}',
        "---\ntitle: >-\n  {t}\npublisher: Báo Nhãn\ndate: 4/5/2021\ntags:\n  - đò\n---\n{b}",
    ],
)
def test_text_below_labels_without_one_begins_with_its_lead(head: str) -> None:
    found = _one(head.format(t=_TITLE, b=f"{_LEAD}\n\n{_BODY}"))
    assert (found.title, found.source, found.published) == (_TITLE, "Báo Nhãn", "4/5/2021")
    assert (found.sapo, found.body) == (_LEAD, _BODY)


@pytest.mark.parametrize("topics", ["[Thời sự, Giao thông]", '["Thời sự"]', "\n  - Thời sự\n  - Giao thông"])
def test_front_matter_may_hold_a_lead_and_lists(topics: str) -> None:
    found = _one(
        f'---\ntitle: "{_TITLE}"\ndescription: "{_LEAD}"\ncategories: {topics}\n---\n\n{_BODY}'
        f"\n\n{_BODY} Thêm."
    )
    assert (found.title, found.sapo, found.topic) == (_TITLE, _LEAD, "Thời sự")
    assert _BODY in found.body


def test_markdown_is_read_as_its_reader_sees_it() -> None:
    found = _one(
        f"# {_TITLE}\n\n*4/5/2021*\n\n**{_LEAD}**\n\n![Ảnh](https://b.example/a.jpg)\n\n"
        f"{_BODY} Xem [bản đồ](https://b.example/ban-do).\n\n- [Trang chủ](https://b.example/)\n"
    )
    assert (found.title, found.sapo, found.published) == (_TITLE, _LEAD, "4/5/2021")
    assert found.body == f"{_BODY} Xem bản đồ."


@pytest.mark.parametrize(
    "text",
    [
        f"Tin nóng: {_TITLE}\n\n{_LEAD}\n\n{_BODY}",
        f"Tóm tắt: {_TITLE}\n\n{_LEAD}\n\n{_BODY}",
        f"{_TITLE}\n\n{_LEAD}\nNguồn: báo cáo của xã gửi về huyện sáng nay.\n\n{_BODY}",
    ],
)
def test_a_colon_in_a_headline_or_in_prose_is_no_label(text: str) -> None:
    found = _one(text)
    assert found.title == text.split("\n")[0]
    assert _BODY in found.body


def test_text_under_a_label_that_nobody_reads_is_refused_with_it() -> None:
    assert "«Bài hát»" in _reason(f"Tiêu đề: {_TITLE}\nNguồn: Báo Nhãn\nBài hát: {_LEAD}\n")


def test_a_hundred_thousand_labels_are_read_in_one_pass() -> None:
    assert len(_read("Title: Mưa\nDate: 4/5/2021\n" * 20_000)) == 20_000
    assert _read("Title: " + "a: " * 60_000)
