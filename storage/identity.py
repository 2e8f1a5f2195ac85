"""The identity of articles: addresses, keys, hashes, and which source may replace a text. Pure."""

import hashlib
import re
import time
from typing import Literal, Protocol
from urllib.parse import SplitResult, urlsplit

from summarizer.text.syllables import canonical

# If a paper puts the headline into the address, the address changes with the headline, but the number stays.
# Only the form of an address shows this. In doubt the whole address is the identity: to store an article
# twice is a smaller fault than to take two articles for one.

_DOORS = ("www.", "m.", "mobile.", "amp.")
_AMP_ENDING = re.compile(r"(?P<before>\.\w{2,5})?\.amp(?P<after>\.\w{2,5})?$", re.ASCII)
_NUMBERED = re.compile(
    r"[-_](?P<letters>[a-z]{0,4})(?P<number>\d{7,20})(?:-tong-thuat)?(?:\.[a-z]{2,5})?$",
    re.ASCII | re.IGNORECASE,
)
_AMOUNT_ZEROS = "00000"  # a number that ends in these counts something: 1000000 dong
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_TWO_YEARS = re.compile(r"(?:(?:199|20\d)\d){2}", re.ASCII)
# By the count of digits. A time with seconds identifies one article.
_DATE_FORMS = {8: ("%Y%m%d", "%d%m%Y"), 10: ("%Y%m%d%H",), 12: ("%Y%m%d%H%M",)}


def article_address(authority: str, path: str, query: str) -> str:
    """Return the part of an address that identifies the article: host and number, else all of it.

    The arguments are the parts of a normalised address: no tracking fields, no slash at the path's end.

    >>> article_address("m.bao.example", "/amp/cau-moi-5999301.html", "")
    'bao.example#5999301'
    >>> article_address("bao.example", "/gia/gia-rau-20261004.html", "")
    'bao.example/gia/gia-rau-20261004.html'
    """
    host, path = _without_door(authority), _without_amp(path)
    query = "&".join(field for field in query.split("&") if field.partition("=")[0].lower() != "amp")
    if number := article_number(path):
        # A query field with a digit may identify an article or a page of it; other fields only affect the
        # display.
        kept = "&".join(field for field in query.split("&") if any(map(str.isdigit, field)))
        return f"{host}#{number}" + (f"?{kept}" if kept else "")
    return f"{host}{path}" + (f"?{query}" if query else "")


def article_number(path: str) -> str | None:
    """Return the number after the headline at the end of a path, with the letters before it.

    Seven to twenty digits that are neither a date nor a round amount.

    >>> article_number("/thoi-su/cau-moi-post5999301.html"), article_number("/thoi-su-1001005/cau-moi.html")
    ('post5999301', None)
    """
    slug = path.rpartition("/")[2]
    found = _NUMBERED.search(slug)
    if found is None or not any(map(str.isalpha, slug[: found.start()])):
        return None
    digits = found["number"]
    if digits.endswith(_AMOUNT_ZEROS) or _is_date(digits):
        return None
    return found["letters"].lower() + digits


def _without_door(authority: str) -> str:
    for door in _DOORS:
        rest = authority.removeprefix(door)
        if "." in rest:
            authority = rest
    return authority


def _without_amp(path: str) -> str:
    """Return the path of the page itself for that of its light copy: /amp/…, …/amp, ….amp."""
    if path.lower().startswith("/amp/"):
        path = path[4:]
    if path.lower().endswith("/amp"):
        path = path[:-4].rstrip("/") or "/"
    ending = _AMP_ENDING.search(path)
    if ending is None:
        return path
    return path[: ending.start()] + (ending["after"] or ending["before"] or ".html")


def _is_date(digits: str) -> bool:
    """Tell whether digits are a date, with hour and minute or without, or two years: 20261004, 20252026."""
    digits = digits.zfill(8)  # 4102026
    forms = _DATE_FORMS.get(len(digits), ())
    return _TWO_YEARS.fullmatch(digits) is not None or any(_is_day(digits, form) for form in forms)


def _is_day(digits: str, form: str) -> bool:
    try:
        year = time.strptime(digits, form).tm_year
    except ValueError:
        return False
    return _FIRST_YEAR <= year <= _LAST_YEAR


# Readers get the original link, not the key, because some sites answer under `www.` only.

MAX_URL_CHARACTERS = 2_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOT_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>\"\\^`{|}]")
# Second-level domains under which names are registered: bao.com.vn, so.gov.vn (VNNIC), paper.co.uk.
_SECOND_LEVELS = [
    [name]
    for name in (
        "ac", "ai", "biz", "co", "com", "edu", "go", "gov", "health", "id", "info", "int", "io", "name", "ne",
        "net", "or", "org", "pro",
    )
]  # fmt: skip
_SHARED_HOSTS = frozenset(
    (
        "blogspot.com", "wordpress.com", "github.io", "gitlab.io", "netlify.app", "vercel.app", "pages.dev",
        "web.app", "firebaseapp.com", "substack.com", "weebly.com", "wixsite.com",
    )
)  # fmt: skip
# Source: what Google, Meta, Microsoft, Yandex, Mailchimp, Zalo and VnExpress add to shared links.
_TRACKING = re.compile(
    r"(?:utm_.*|mc_[ce]id|fbclid|gclid|gclsrc|dclid|[gw]braid|msclkid|yclid|igshid?|twclid|ttclid|_g[al]"
    r"|zalo.*|zarsrc|gidzl|vn_(?:source|medium|campaign|term))(?:=|$)",
    re.IGNORECASE,
)


def clean_link(url: str) -> str | None:
    """Return `url` as it may be shown and followed, or None: http(s) only, no credentials, no fragment.

    >>> clean_link("https://ten:mat-khau@Bao.example/tin-1.html#binh-luan")
    'https://bao.example/tin-1.html'
    """
    parts = _split(url.strip())
    return parts and f"{parts.scheme}://{_authority(parts)}{parts.path}{_query(parts.query)}"


def normalise_url(url: str) -> str | None:
    """Return the normalised form of `url` for comparing articles, or None if it is not a web address.

    >>> normalise_url("HTTP://www.Bao.example:80/tin-1/?utm_source=x&trang=2#dau")
    'http://bao.example/tin-1?trang=2'
    """
    parts = _split(url.strip())
    if parts is None:
        return None
    authority, path, query = _normalised(parts)
    return f"{parts.scheme}://{authority}{path}{_query(query)}"


def article_key(url: str | None, source: str, external_id: str | None, title: str, body: str) -> str:
    """Return the identity of an article: its URL, else (source, id), else a hash of its title and body.

    http and https are one address, because papers moved from one to the other. Other variants of an address
    and the headline before an article's number do not count either (see `article_address`).

    >>> article_key("https://bao.example/tin-1", "", "", "Tin", "")
    'url:bao.example/tin-1'
    """
    parts = _split(url.strip()) if url else None
    if parts is not None:
        return "url:" + article_address(*_normalised(parts))
    if external_id:
        return (
            f"id:{len(source)}:{source}:{external_id}"  # the length keeps ("a:b", "c") and ("a", "b:c") apart
        )
    return "text:" + text_hash(title, "", body)


def elsewhere_key(source: str, key: str) -> str:
    """Return the key of an item of `source` that links to another host: never the key of that host's article.

    >>> elsewhere_key("bao-la", "url:bao.example/tin-1")
    'from:6:bao-la:url:bao.example/tin-1'
    """
    return f"from:{len(source)}:{source}:{key}"


def site_of(host: str) -> str:
    """Return the registered part of a host: all subdomains of a paper are one site.

    An address in digits and a name without a dot are sites of their own, whatever the port.

    >>> site_of("m.thethao.Bao.com.vn"), site_of("baochinhphu.vn"), site_of("10.0.0.7")
    ('bao.com.vn', 'baochinhphu.vn', '10.0.0.7')
    """
    labels = host.lower().rstrip(".").split(".")
    if ":" in host or labels[-1].isdigit():
        return host.lower()
    ending = ".".join(labels[-2:])
    is_shared = ending in _SHARED_HOSTS or (len(labels[-1]) == 2 and labels[-2:-1] in _SECOND_LEVELS)
    return ".".join(labels[-3:] if is_shared else labels[-2:])


def text_hash(title: str, sapo: str, body: str) -> str:
    """Return a hash (64 hexadecimal digits) that ignores white space, case, tone placement, invisible marks.

    >>> text_hash("Hoà Bình", "", "Mưa.") == text_hash("Hòa  Bình", "", "Mưa.\\n")
    True
    """
    fields = (" ".join(canonical(field).split()) for field in (title, sapo, body))
    return hashlib.sha256("\n".join(fields).encode(errors="replace")).hexdigest()


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL_CHARACTERS or _NOT_IN_A_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        has_host = bool((parts.hostname or "").strip(".")) and parts.port != 0  # reading the port checks it
    except ValueError:
        return None
    return parts if has_host and parts.scheme in _DEFAULT_PORTS else None


def _normalised(parts: SplitResult) -> tuple[str, str, str]:
    """Return host and port, path, and query without tracking fields."""
    kept = "&".join(field for field in parts.query.split("&") if field and not _TRACKING.match(field))
    return _authority(parts).removeprefix("www."), parts.path.rstrip("/") or "/", kept


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _query(query: str) -> str:
    return f"?{query}" if query else ""


# A polled source may change articles of its own host ("host"). An item that links to another host becomes an
# article of its own ("elsewhere", see `elsewhere_key`). Files belong to the operator and may bring articles
# of any host ("files"), but do not replace the text of that host's own source.

Standing = Literal["host", "elsewhere", "files"]


class ArticleText(Protocol):
    """A text of an article, stored or new; `speaker` is the declared source, "" the command `ingest`."""

    @property
    def speaker(self) -> str | None: ...  # None: stored before this was kept
    @property
    def standing(self) -> str | None: ...
    @property
    def title(self) -> str: ...
    @property
    def sapo(self) -> str: ...
    @property
    def body(self) -> str: ...


def may_replace(known: ArticleText, coming: ArticleText) -> bool:
    """Tell whether a different text `coming` becomes a new version of the article `known`.

    A source may change its own text, and a host's own source the text of others. Between sources of equal
    standing the first keeps the article, unless it had no body and the other has one.
    """
    if known.speaker is None or known.speaker == coming.speaker:
        return True
    if known.body and not coming.body and (known.title, known.sapo) == (coming.title, coming.sapo):
        return False  # the same lead without its text
    match known.standing, coming.standing:
        case "host", "host":
            pass
        case "host", _:
            return False
        case _, "host":
            return True
    if coming.standing == "files" and "" in (known.speaker, coming.speaker):
        return True  # the operator's own command
    return bool(coming.body) and not known.body
