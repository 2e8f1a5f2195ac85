"""Telegram's HTML of a stored message → HTML for the console: known tags only, links of http(s) only."""

from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.process.visible import visible

_KEPT = frozenset(("b", "i", "u", "s", "code", "pre", "blockquote"))


def readable(html: str) -> Markup:
    """Return a message as its readers see it, rebuilt tag by tag.

    >>> str(readable('<b>Tin</b> <a href="javascript:x">x</a><script>y</script>'))
    '<b>Tin</b> <a>x</a>y'
    """
    parser = _Rebuilder()
    parser.feed(html)
    parser.close()
    return Markup(parser.whole())  # noqa: S704 - rebuilt from escaped pieces


class _Rebuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._open: list[str] = []

    def whole(self) -> str:
        """Return what was rebuilt, every tag closed."""
        return "".join([*self._pieces, *(f"</{tag}>" for tag in reversed(self._open))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._pieces.append(_link(dict(attrs).get("href") or ""))
        elif tag in _KEPT:
            self._pieces.append(f"<{tag}>")
        else:
            return
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while (last := self._open.pop()) != tag:
                self._pieces.append(f"</{last}>")
            self._pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._pieces.append(escape(visible(data)))


def _link(href: str) -> str:
    try:
        is_web = urlsplit(href).scheme in ("http", "https")
    except ValueError:
        is_web = False
    return f'<a href="{escape(href)}" rel="noreferrer noopener">' if is_web else "<a>"
