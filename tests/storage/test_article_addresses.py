"""The same article under other addresses has one identity; other articles never share one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.identity import MAX_URL_CHARACTERS, article_key, article_number


def key(address: str) -> str:
    return article_key(address, "", "", "", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bao.example/xu-ly-vi-pham-5999301.html", "https://bao.example/tuyen-an-bon-nguoi-5999301.html"),
        ("https://bao.example/mo-cau-100261004074512345.htm", "https://bao.example/co-cau-100261004074512345.htm"),
        ("https://bao.example/a/mo-cau-215261004074512345.chn", "https://bao.example/co-cau-215261004074512345.chn"),
        ("https://bao.example/tin-nong-post1234567.tpo", "https://bao.example/tin-moi-post1234567.amp"),
        ("https://bao.example/tin-nong-d1234567.epi", "https://bao.example/tin-moi-d1234567.epi"),
        ("https://bao.example/tin-nong-2454567/", "https://bao.example/tin-nong-lam-2454567"),
        ("https://bao.example/mo-cau-5999301.html", "https://bao.example/mo-cau-5999301-tong-thuat.html"),
        ("https://bao.example/mo-cau-5999301.html", "https://bao.example/mo-cau-5999301.html?ref=trang-chu"),
        ("https://bao.example/mở-cầu-5999301.html", "https://bao.example/có-cầu-5999301.html"),
        ("https://bao.example/mo-cau-202610041575.html", "https://bao.example/co-cau-202610041575.html"),
        ("https://bao.example/mo-cau-202610042530.html", "https://bao.example/co-cau-202610042530.html"),
        ("https://bao.example/mo-cau-202610042360.html", "https://bao.example/co-cau-202610042360.html"),
        ("https://bao.example/mo-cau-2026100424.html", "https://bao.example/co-cau-2026100424.html"),
        ("https://bao.example/mo-cau-202610045.html", "https://bao.example/co-cau-202610045.html"),
        ("https://bao.example/mo-cau-20261004153.html", "https://bao.example/co-cau-20261004153.html"),
        ("https://bao.example/mo-cau-4132026.html", "https://bao.example/co-cau-4132026.html"),
        ("https://bao.example/mo-cau-19892026.html", "https://bao.example/co-cau-19892026.html"),
        ("https://bao.example/mo-cau-20262100.html", "https://bao.example/co-cau-20262100.html"),
        ("https://bao.example/mo-cau-202610042430.html", "https://bao.example/co-cau-202610042430.html"),
        ("https://bao.example/mo-cau-01132026.html", "https://bao.example/co-cau-01132026.html"),
        ("https://bao.example/mo-cau-19891231.html", "https://bao.example/co-cau-19891231.html"),
        ("https://bao.example/mo-cau-21000101.html", "https://bao.example/co-cau-21000101.html"),
    ],
)  # fmt: skip
def test_the_number_behind_a_headline_is_the_article(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    "door",
    [
        "https://m.bao.example/{}.html", "https://www.m.bao.example/{}.html", "http://mobile.bao.example/{}.html",
        "https://amp.bao.example/{}.html", "https://bao.example/amp/{}.html", "https://bao.example/{}.html/amp",
        "https://bao.example/{}.html/amp/", "https://bao.example/{}.amp", "https://bao.example/{}.amp.html",
        "https://bao.example/{}.html.amp", "https://bao.example/{}.html?amp=1", "https://bao.example/{}.html?amp",
        "https://bao.example/{}.html?utm_source=rss&amp=1&utm_medium=feed", "https://m.bao.example/amp/{}.html#dau",
    ],
)  # fmt: skip
@pytest.mark.parametrize("slug", ["gia-rau-5999302", "gia-rau-hom-nay"])
def test_every_door_leads_to_one_article(door: str, slug: str) -> None:
    assert key(door.format(slug)) == key(f"https://bao.example/{slug}.html")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bao.example/tin-5999300.html", "https://bao.example/tin-5999301.html"),
        ("https://bao.example/gia-rau-20261004.html", "https://bao.example/gia-dien-20261004.html"),
        ("https://bao.example/gia-rau-19900101.html", "https://bao.example/gia-dien-19900101.html"),
        ("https://bao.example/gia-rau-20991231.html", "https://bao.example/gia-dien-20991231.html"),
        ("https://bao.example/gia-rau-04102026.html", "https://bao.example/gia-dien-04102026.html"),
        ("https://bao.example/gia-rau-4102026.html", "https://bao.example/gia-dien-4102026.html"),
        ("https://bao.example/gia-rau-ngay20261004.html", "https://bao.example/gia-dien-ngay20261004.html"),
        ("https://bao.example/gia-rau-202610041530.html", "https://bao.example/gia-dien-202610041530.html"),
        ("https://bao.example/gia-rau-2026100415.html", "https://bao.example/gia-dien-2026100415.html"),
        ("https://bao.example/gia-rau-2026100423.html", "https://bao.example/gia-dien-2026100423.html"),
        ("https://bao.example/gia-rau-202610042359.html", "https://bao.example/gia-dien-202610042359.html"),
        ("https://bao.example/gia-rau-19902099.html", "https://bao.example/gia-dien-19902099.html"),
        ("https://bao.example/diem-thi-20252026.html", "https://bao.example/hoc-phi-20252026.html"),
        ("https://bao.example/gia-rau-2026-10-04.html", "https://bao.example/gia-dien-2026-10-04.html"),
        ("https://bao.example/tang-5000000.html", "https://bao.example/phat-5000000.html"),
        ("https://bao.example/tong-ket-nam-2026.html", "https://bao.example/du-bao-nam-2026.html"),
        ("https://bao.example/cau-moi-599930.html", "https://bao.example/mo-cau-599930.html"),
        ("https://bao.example/thoi-su-1001005/mo-cau.html", "https://bao.example/thoi-su-1001005/lu-ve.html"),
        ("https://bao.example/tin-1234567.aspx?id=88", "https://bao.example/tin-1234567.aspx?id=89"),
        ("https://bao.example/mo-cau-5999301.html?trang=2", "https://bao.example/mo-cau-5999301.html"),
        ("https://bao.example/?p=5999301", "https://bao.example/?p=5999302"),
        ("https://bao.example/?a=5999301", "https://bao.example/?a=5999302"),
        ("https://bao.example/5999301", "https://bao.example/5999302"),
        ("https://bao.example/tin-v5999301.html", "https://bao.example/tin-d5999301.html"),
        ("https://bao.example/mo-cau-5999301.html", "https://khac.example/mo-cau-5999301.html"),
        ("https://bao.example/mo-cau-5999301.html", "https://bao.example:8080/mo-cau-5999301.html"),
        ("https://m.example/tin", "https://www.example/tin"),
        ("https://bao.example/champ/tin", "https://bao.example/ch/tin"),
        ("https://bao.example/tin-" + "1" * 400 + ".html", "https://bao.example/bai-" + "1" * 400 + ".html"),
    ],
)  # fmt: skip
def test_other_articles_have_other_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_the_host_of_an_amp_page_alone_stays_a_host() -> None:
    assert key("https://amp.example/tin") == "url:amp.example/tin"


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_path_raises(path: str) -> None:
    number = article_number(path)
    assert number is None or number[-7:].isdigit()


@pytest.mark.parametrize("piece", ["-", "1", "-1234567", "_a1", ".amp", "/amp", "-abcd1234567.htm"])
def test_a_long_address_is_read_at_once(piece: str) -> None:
    address = ("https://bao.example/" + piece * MAX_URL_CHARACTERS)[:MAX_URL_CHARACTERS]
    began = time.process_time()
    key(address)
    assert time.process_time() - began < 0.5
