"""Who an article is and whether its text changed: addresses, keys and hashes. Storage draws the conclusions.

The key never stands in for the link that readers get: sites exist that answer under `www.` only.
"""

import hashlib
import re
from urllib.parse import SplitResult, urlsplit

from storage.article_addresses import article_address
from summarizer.text.syllables import canonical

MAX_URL_CHARACTERS = 2_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOT_IN_A_URL = re.compile(r"[\s\x00-\x1f\x7f-\x9f<>\"\\^`{|}]")
# Below a country's ending these are no names of their own: bao.com.vn, so.gov.vn (VNNIC), paper.co.uk.
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
    """Return the one spelling of `url` by which articles are told apart, or None where it is no web address.

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

    http and https are one address: papers moved from one to the other. Nor do the other ways to one page
    count, or a headline before an article's number (`storage.article_addresses`).

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
    """Return the identity of what `source` says of another host's article: never that article's own.

    >>> elsewhere_key("bao-la", "url:bao.example/tin-1")
    'from:6:bao-la:url:bao.example/tin-1'
    """
    return f"from:{len(source)}:{source}:{key}"


def site_of(host: str) -> str:
    """Return the part of a host that was registered: the subdomains of a paper are one site.

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
    """Return a hash (64 hexadecimal digits) blind to white space, case, tone placement and invisible marks.

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
    """Return host and port, path, and query without what only tracks readers."""
    kept = "&".join(field for field in parts.query.split("&") if field and not _TRACKING.match(field))
    return _authority(parts).removeprefix("www."), parts.path.rstrip("/") or "/", kept


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _query(query: str) -> str:
    return f"?{query}" if query else ""
