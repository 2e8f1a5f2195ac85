"""The console's templates: autoescaped; texts from outside are isolated or rebuilt as safe HTML."""

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import cache, partial
from html import escape as escape_html
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.messages import spoken
from bot.messages.spoken import say_at, say_length
from bot.news.services import Services
from bot.process.logs import visible, without_control_characters

Page = Callable[[web.Request, str, dict[str, Any]], Awaitable[web.Response]]


class Pages:
    """A group of pages. `page` fills a template in for a request."""

    def __init__(self, services: Services, page: Page) -> None:
        self._services = services
        self._page = page

    def routes(self) -> list[web.RouteDef]:
        """Return the pages and what may be done on them."""
        raise NotImplementedError


# Telegram's HTML of a stored message → HTML for the console: known tags only, links of http(s) only.

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
        self._pieces.append(escape_html(visible(data)))


def _link(href: str) -> str:
    try:
        is_web = urlsplit(href).scheme in ("http", "https")
    except ValueError:
        is_web = False
    return f'<a href="{escape_html(href)}" rel="noreferrer noopener">' if is_web else "<a>"


# The templates: a text from outside cannot change the direction of writing around it.

_LONGEST = 400  # characters of anything from outside
_WORDS = {"times": spoken.say_times, "days": spoken.say_days, "zone_words": spoken.say_zone}
_ERRORS = {
    401: "Bạn chưa vào, hoặc phiên đã hết. Gửi /quantri cho bot rồi bấm «Bảng điều khiển».",
    403: "Yêu cầu không đến từ trang này nên không được nhận. Hãy tải lại trang rồi thử lại.",
    404: "Không có trang này.",
    413: "Nội dung gửi lên quá dài.",
    421: "Địa chỉ này không phải của bảng điều khiển.",
    429: "Hỏi nhanh quá. Hãy đợi một phút.",
    500: "Có lỗi khi làm trang này; nhật ký của bot ghi rõ.",
    503: "Chưa làm được lúc này, có thể vì một việc dài khác đang chạy. Hãy thử lại sau ít phút.",
}


def render(template: str, *, zone: str, now: dt.datetime, **values: object) -> str:
    """Fill in a page; moments are shown in `zone`, as seen at `now`."""
    known = {"at": partial(_at, zone=zone, now=now), "say_length": say_length, "now": now, **_WORDS}
    return _environment().get_template(f"{template}.html").render(**known, **values)


def error_page(status: int) -> web.Response:
    """Return a page that says what is wrong, in Vietnamese."""
    text = _environment().get_template("error.html").render(words=_ERRORS.get(status, _ERRORS[404]))
    return web.Response(text=text, status=status, content_type="text/html")


def from_outside(text: object) -> Markup:
    """Return a text from outside: escaped, cut, and isolated from the direction of writing around it."""
    whole = visible(str(text or ""))
    cut = whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
    return Markup("<bdi>{}</bdi>").format(cut)


def _at(moment: dt.datetime | None, *, zone: str, now: dt.datetime) -> Markup:
    if moment is None:
        return escape("chưa")
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), say_at(moment, zone, now))


def _without_marks(value: object) -> object:
    """Return plain text without control characters and direction marks; line breaks stay."""
    is_plain = isinstance(value, str) and not isinstance(value, Markup)
    return without_control_characters(str(value)) if is_plain else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=_without_marks,
    )  # fmt: skip
    environment.filters["outside"] = from_outside
    return environment
