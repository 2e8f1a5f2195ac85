"""Text as scraped: title, sapo, body, date and source found; captions, bylines and repeats gone."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.intake.drafts import Incoming, Origin, Refusal, Taken
from storage.intake.text_shapes import read_scraped
from storage.times import Published

_SAPO = "Từ đầu tháng, bến thuyền Cửa Lạch kiểm tra toàn bộ tàu chở khách trước mùa du lịch."
_BODY = "Theo ban quản lý, trong hai tuần qua, các tổ công tác đã kiểm tra 86 tàu và nhắc nhở 12 chủ tàu."


@pytest.fixture
def scraped(read_bytes: Callable[..., list[Taken]], data_folder: Path) -> Incoming:
    """Return the article of the data file."""
    [taken] = read_bytes((data_folder / "scraped.txt").read_bytes(), "scraped.txt")
    assert isinstance(taken, Incoming)
    return taken


def test_title_sapo_and_body_are_found(scraped: Incoming) -> None:
    assert scraped.title == "Bến thuyền Cửa Lạch siết chặt an toàn trước mùa du lịch"
    assert scraped.sapo.startswith("Từ đầu tháng, bến thuyền")
    assert scraped.body.startswith("Theo ban quản lý, trong hai tuần qua")
    assert scraped.body.endswith("dễ nhận ra ngay từ trên bến.")


def test_captions_byline_and_source_line_are_gone(scraped: Incoming) -> None:
    for gone in ("họp với các chủ tàu trước mùa", "Lãnh đạo xã Cửa Lạch", "Hoàng Mai", "Nguồn", "http"):
        assert gone not in scraped.sapo + scraped.body


def test_the_source_line_gives_source_address_and_month(scraped: Incoming) -> None:
    assert scraped.source == "Cửa Lạch"
    assert scraped.url is not None
    assert scraped.url.startswith("http://baocualach.example/du-lich/202105/")
    assert scraped.published == Published(dt.datetime(2021, 4, 30, 17, tzinfo=dt.UTC), "month")


def test_the_text_is_composed_and_mended(scraped: Incoming) -> None:
    assert unicodedata.is_normalized("NFC", scraped.sapo + scraped.body)
    assert "toàn bộ tàu" in scraped.sapo
    assert "\u00d0" not in scraped.body
    assert "\u200b" not in scraped.body
    assert "Đội quản lý bến" in scraped.body


@pytest.mark.parametrize(
    "date_line",
    [
        "Thứ Tư, 06/11/2013 11:45",
        "06/11/2013 11:45 (GMT+7)",
        "Báo Cửa Lạch, 06/11/2013 11:45",
        "*Cửa Lạch Online | November 6, 2013 11:45 am*",
    ],
)
@pytest.mark.parametrize(
    "order", ["{title}\n\n{date}\n\n{sapo}\n\n{body}", "{title}\n{sapo}\n{body}\n{date}\n"]
)
def test_a_date_line_is_taken_out(read_bytes: Callable[..., list[Taken]], order: str, date_line: str) -> None:
    text = order.format(title="Bến thuyền Cửa Lạch", date=date_line, sapo=_SAPO, body=_BODY)
    [taken] = read_bytes(text.encode())
    assert isinstance(taken, Incoming)
    assert taken.published == Published(dt.datetime(2013, 11, 6, 4, 45, tzinfo=dt.UTC))
    assert (taken.sapo, taken.body) == (_SAPO, _BODY)


def test_the_words_of_an_article_may_hold_dates(now: dt.datetime) -> None:
    text = f"Bến thuyền Cửa Lạch\n\n{_SAPO}\n\nSáng 6/11/2013, đoàn kiểm tra có mặt tại bến.\n\n{_BODY}"
    assert read_scraped(text, "a", Origin(), now).published == ""


@pytest.mark.parametrize(
    "before", ["Hoàng Mai", "Du lịch", "Tàu rời bến lúc sáng sớm.\n\nTàu rời bến lúc sáng sớm"]
)
def test_names_labels_and_captions_before_it_are_not_the_sapo(now: dt.datetime, before: str) -> None:
    draft = read_scraped(f"Bến thuyền Cửa Lạch\n\n{before}\n\n{_SAPO}\n\n{_BODY}", "a", Origin(), now)
    assert draft.sapo == _SAPO


def test_lines_part_an_article_that_has_no_blank_ones(now: dt.datetime) -> None:
    draft = read_scraped(f"\ufeff\r\nBến thuyền Cửa Lạch\r\n{_SAPO}\r\n{_BODY}\r\n", "a", Origin(), now)
    assert (draft.title, draft.sapo, draft.body) == ("Bến thuyền Cửa Lạch", _SAPO, _BODY)


def test_a_title_alone_has_no_sapo(now: dt.datetime) -> None:
    draft = read_scraped("Bến thuyền Cửa Lạch mở lại", "a", Origin(), now)
    assert (draft.title, draft.sapo, draft.body) == ("Bến thuyền Cửa Lạch mở lại", "", "")


def test_ten_thousand_paragraphs_are_read_in_one_pass(now: dt.datetime) -> None:
    """The search for the sapo compares only the first few paragraphs with each other."""
    draft = read_scraped("Tin ngắn\n\n" + "Mưa\n\n" * 10_000, "a", Origin(), now)
    assert draft.sapo == ""


def test_a_text_beyond_any_article_is_refused_before_work_is_spent_on_it(
    read_bytes: Callable[..., list[Taken]],
) -> None:
    [refusal] = read_bytes(b"Mua\n\n" + b"a " * 600_000)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "nội dung dài 1.200.004 ký tự (nhiều nhất 200.000)"
