"""Feeds that want files read, addresses fetched, or endless work."""

import datetime as dt
import http.server
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from storage.intake.child_parsing import FEED, parse_in_child
from storage.intake.drafts import Origin, Taken, UnreadableError
from storage.intake.feeds import read_feed
from tests.storage.intake.feed_texts import item, rss

_Read = Callable[..., list[Taken]]


def test_no_file_is_read_on_a_feeds_word(read_bytes: _Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("MẬT KHẨU Ở ĐÂY")
    doctype = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    taken = read_bytes(rss(item("Mưa lớn &x; ở Hạ Long"), head=doctype).encode())
    assert taken
    assert "MẬT KHẨU" not in repr(taken)


def test_bytes_that_are_a_files_name_are_not_opened(tmp_path: Path) -> None:
    """If it gets bytes, feedparser first opens a file of that name."""
    (tmp_path / "a.rss").write_text(rss(item()))
    assert parse_in_child(FEED, str(tmp_path / "a.rss").encode(), 10).items == []


def test_nothing_is_fetched_on_a_feeds_word(read_bytes: _Read) -> None:
    asked: list[str] = []

    class Witness(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with http.server.HTTPServer(("127.0.0.1", 0), Witness) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        doctype = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{address}/p"><!ENTITY x SYSTEM "{address}/x"> %p;]>'
        read_bytes(rss(item(link=f"{address}/a", description="&x;"), head=doctype).encode())
        read_bytes(rss(item(), head=f'<!DOCTYPE rss SYSTEM "{address}/dtd">').encode())
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    "feed",
    [
        rss(item(author="a" * 200_000 + "@")),
        rss(item("&a9;"), head='<!DOCTYPE l [<!ENTITY a0 "mưa">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"),
        rss(item("&a;" * 20_000), head=f'<!DOCTYPE l [<!ENTITY a "{"A" * 50_000}">]>'),
        rss("<a>" * 400_000),
        rss(item(description="&lt;" * 400_000)),
        rss(item(description="&lt;!--" * 200_000)),
    ],
    ids=["slow author", "billion laughs", "quadratic entities", "nested tags", "open tags", "open comments"],
)  # fmt: skip
def test_a_hostile_feed_is_over_soon(feed: str) -> None:
    """Whatever it gives, it gives within the deadline, and the process of ours that reads it lives."""
    over = threading.Event()

    def read() -> None:
        with suppress(UnreadableError):
            list(
                read_feed(
                    feed.encode(),
                    "f.rss",
                    Origin(),
                    now=dt.datetime(2022, 1, 1, tzinfo=dt.UTC),
                    deadline_seconds=1,
                )
            )
        over.set()

    threading.Thread(target=read, daemon=True).start()
    assert over.wait(30)


def test_a_feed_that_is_too_slow_is_refused_with_the_reason() -> None:
    feed = rss(item(author="a" * 200_000 + "@")).encode()
    with pytest.raises(UnreadableError, match="không đọc xong trong 1 giây"):
        list(
            read_feed(feed, "f.rss", Origin(), now=dt.datetime(2022, 1, 1, tzinfo=dt.UTC), deadline_seconds=1)
        )
