"""The feeds that a page of HTML names (autodiscovery). Parsing runs apart, in `discovery_worker`."""

from dataclasses import dataclass
from urllib.parse import urljoin

from storage.identity import clean_link
from storage.intake.apart import DEADLINE_SECONDS, LINKS, parse_apart
from storage.intake.decoding import decode

_MOST = 20
_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page leads to."""

    title: str
    url: str


def find_feed_links(data: bytes, url: str, *, charset: str | None = None) -> list[FeedLink]:
    """Return the feeds that the page at `url` names, each once, at most twenty, those in its head first.

    Raises:
        UnreadableError: the charset is wrong, or parsing took too much.
    """
    text = decode(data, may_be_cut=True, charset=charset).replace("\0", "")
    found = parse_apart(LINKS, text.encode(errors="replace"), DEADLINE_SECONDS)
    base = _joined(url, found.base) or url
    links: dict[str, FeedLink] = {}
    for feed in found.feeds:
        address = clean_link(_joined(base, feed.url) or "")
        if address is not None and address not in links and len(links) < _MOST:
            links[address] = FeedLink(" ".join(feed.title.split())[:_LONGEST_TITLE], address)
    return list(links.values())


def _joined(base: str, link: str) -> str | None:
    try:
        return urljoin(base, link) if link else None
    except ValueError:  # brackets that are no IPv6 address
        return None
