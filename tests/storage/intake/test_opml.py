"""OPML: feeds in with the folders around them, out again; a hostile file harms nobody."""

import pytest

from storage.intake.drafts import UnreadableError
from storage.intake.feeds import Outline, read_opml, write_opml


def opml(body: str, head: str = "") -> bytes:
    """Return an OPML file."""
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


def test_feeds_come_with_their_folders() -> None:
    body = (
        '<outline text="Báo Việt"><outline text="Kinh tế">'
        '<outline type="rss" text="Báo Biển" xmlUrl="https://bien.example/rss"/></outline></outline>'
        '<outline title="Báo Núi" xmlUrl="https://nui.example/rss?a=1&amp;b=2"/>'
    )
    assert read_opml(opml(body)) == (
        [
            Outline("Báo Biển", "https://bien.example/rss", ("Báo Việt", "Kinh tế")),
            Outline("Báo Núi", "https://nui.example/rss?a=1&b=2"),
        ],
        0,
    )


def test_an_address_that_cannot_be_used_is_counted_and_one_named_twice_comes_once() -> None:
    addresses = (
        "file:///etc/passwd",
        "javascript:x",
        "http://a:b@bao.example/",
        "http://a.example/",
        "http://a.example/",
    )
    body = "".join(f'<outline text="a" xmlUrl="{url}"/>' for url in addresses)
    feeds, unusable = read_opml(opml(body))
    assert ([feed.url for feed in feeds], unusable) == (["http://a.example/"], 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html></html>",
        b"<opml><body>",
        b"\xff\xfe\0",
        opml("&a;", '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        opml("<outline text='&a9;'/>", "<!DOCTYPE o [<!ENTITY a0 'ha'>" + "".join(
            f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"),
        b"<opml><body>" + b"<outline>" * 400_000,
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_opml(data)


def test_what_is_written_is_read_again() -> None:
    feeds = [Outline('Báo "Biển" & <núi>\0', "https://bien.example/rss?a=1&b=2")]
    [again], _ = read_opml(write_opml(feeds, "Điểm <Tin>").encode())
    assert again == Outline('Báo "Biển" & <núi>', "https://bien.example/rss?a=1&b=2")
