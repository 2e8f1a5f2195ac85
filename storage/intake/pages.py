"""A page of HTML → one draft, if the page is an article and not a front page or a notice of deletion."""

import datetime as dt
import re
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from storage.identity import article_key, clean_link, site_of
from storage.intake.child_parsing import DEADLINE_SECONDS, PAGE, Page, parse_in_child
from storage.intake.dates import parse_published
from storage.intake.decoding import decode
from storage.intake.drafts import Draft, Incoming, Origin, UnreadableError, host_of
from summarizer.text.syllables import syllables

# Also: whether the page that a feed's lead links to is the lead's article. Pure: `page_worker` has the
# evidence.

FRONT = "trang chủ của báo, không phải một bài báo"
SECTION = "trang chuyên mục (danh sách bài), không phải một bài báo"
GONE = "trang báo bài đã gỡ hoặc không tìm thấy, không phải một bài báo"

_FRONT_PATH = re.compile(
    r"/*+(?:(?:index|home|default|trang-chu)(?:\.\w{2,5})?)?/*+", re.ASCII | re.IGNORECASE
)
_GONE = re.compile(
    r"\b404\b|không tìm thấy|không tồn tại|không còn tồn tại|(?:đã|vừa) (?:bị |được )?(?:gỡ|xóa|xoá)"
    r"|not found|page (?:gone|removed)",
    re.IGNORECASE,
)
_GONE_BODY_CHARACTERS = 600  # a page that says only that the article is gone is short
_COMPANY = re.compile(
    r"^(?:tổng )?(?:công ty|cty|ctcp|tập đoàn)\b|\b(?:tnhh|công ty cổ phần|joint stock|jsc|ltd|llc|inc|corp"
    r"|corporation|company)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"(?:trang chủ|home|homepage|trang nhất)?", re.IGNORECASE)
_MOST_LINKED, _MOST_TEASERS = 50, 60  # percent
_MANY_HEADLINES = 8
_FAR = dt.timedelta(days=7)  # between the times of a lead and of its own page
_ALIKE, _SURELY_ALIKE = 0.6, 0.8
_FEWEST_SYLLABLES = 3
_LEAD_SYLLABLES = 8
_TEXT_LOOKED_AT = 4_000  # characters of a page in which its lead is searched


def objection_to(page: Page) -> str | None:
    """Return in Vietnamese why a page is not an article, None if it may be one."""
    is_article = page.og_type.startswith("article")
    if page.is_dated and (is_article or not _is_listing(page)):
        return None
    if _GONE.search(page.title) and len(page.body) < _GONE_BODY_CHARACTERS:
        return GONE
    address = page.canonical or page.og_url
    if address and is_front(address):
        return FRONT
    if _is_listing(page):
        return SECTION
    if is_article:
        return None
    if page.headline_links >= _MANY_HEADLINES and _is_site_title(page):
        return FRONT
    is_website = page.og_type == "website" and page.headline_links >= _MANY_HEADLINES
    return SECTION if is_website and address and _is_section(address) else None


def paper_of(page: Page) -> str:
    """Return the first name on the page that is not a company's; "" if there is none."""
    names = (" ".join(name.split()) for name in page.names)
    return next((n for n in names if not _COMPANY.search(n) and not _NO_NAME.fullmatch(n)), "")


def mismatch_of(lead: Incoming, page: Page, final_url: str, *, zone: str, now: dt.datetime) -> str | None:
    """Return in Vietnamese why the page at `final_url` is not the article of `lead`, None if it is."""
    if lead.url is None:
        return None
    if is_front(final_url) and not is_front(lead.url):
        return f"địa chỉ chuyển về {FRONT}"
    if page.canonical and (reason := _stated_elsewhere(lead.url, final_url, page.canonical)):
        return reason
    similarity = _share(lead.title, page.title)
    is_short = len(page.body) < _GONE_BODY_CHARACTERS and not page.is_dated
    if (similarity < _ALIKE and _GONE.search(page.title)) or (is_short and _GONE.search(page.body)):
        return GONE
    published = parse_published(page.published, zone, now, url=final_url)
    is_far = bool(lead.published and published and abs(lead.published.at - published.at) > _FAR)
    if is_far and similarity < _SURELY_ALIKE:
        return "giờ đăng trên trang cách giờ trong feed hơn một tuần"
    has_moved = _key(final_url) != _key(lead.url)  # a section page may show the lead among others
    if similarity >= _ALIKE or (not has_moved and _has_lead(lead.sapo, page)):
        return None
    return "tiêu đề và nội dung trang không giống tin trong feed"


def is_front(address: str) -> bool:
    """Tell whether an address is that of a site's front page.

    >>> is_front("https://bao.example/"), is_front("https://bao.example/?p=7"), is_front("/index.html")
    (True, False, True)
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return _FRONT_PATH.fullmatch(parts.path) is not None and not any(map(str.isdigit, parts.query))


def _is_listing(page: Page) -> bool:
    return page.linked_share > _MOST_LINKED or page.teaser_share > _MOST_TEASERS


def _is_site_title(page: Page) -> bool:
    """Tell whether the title is the site's name, with or without a slogan after it."""
    title, names = syllables(page.title), [syllables(name) for name in page.names]
    return any(name and title[: len(name)] == name for name in names)


def _is_section(address: str) -> bool:
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    last = path.rstrip("/").rpartition("/")[2]
    return not re.search(r"\d{4}", last) and len(re.split(r"[-_]", last)) <= 4


def _stated_elsewhere(lead_url: str, final_url: str, canonical: str) -> str | None:
    """Return in Vietnamese what is wrong with a page's canonical address, None if it is the lead's."""
    try:
        stated = clean_link(urljoin(final_url, canonical.strip()))
    except ValueError:
        stated = None
    if stated is None or is_front(lead_url):
        return None
    if is_front(stated):
        return f"trang tự ghi địa chỉ là {FRONT}"
    known = (lead_url, final_url)
    if site_of(host_of(stated)) not in {site_of(host_of(url)) for url in known}:
        return f"trang ghi địa chỉ gốc ở báo khác ({host_of(stated)})"
    keys = {_key(url) for url in known}
    slugs = {_slug(url) for url in known}
    return None if _key(stated) in keys or _slug(stated) in slugs else "trang ghi địa chỉ gốc là một bài khác"


def _key(url: str) -> str:
    return article_key(url, "", "", "", "")


def _slug(url: str) -> str:
    """Return the last part of a path, because the same article may be in two sections."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]


def _share(one: str, other: str) -> float:
    """Return the share of the shorter title's syllables that the longer one has too."""
    first, second = set(syllables(one)), set(syllables(other))
    fewest = min(len(first), len(second))
    if fewest < _FEWEST_SYLLABLES:
        return float(first == second and bool(first))
    return len(first & second) / fewest


def _has_lead(sapo: str, page: Page) -> bool:
    """Tell whether most pairs of neighbouring syllables of a lead are at the page's head."""
    words = syllables(sapo)
    if len(words) < _LEAD_SYLLABLES:
        return False
    there = syllables(f"{page.sapo}\n{page.body[:_TEXT_LOOKED_AT]}")
    pairs, known = set(pairwise(words)), set(pairwise(there))
    return len(pairs & known) >= _ALIKE * len(pairs)


# A saved or fetched page of HTML → one draft. Parsing runs in a child process (`page_worker`), as for feeds.
#
# A page that is not an article is refused by its kind.


def read_page(
    data: bytes,
    name: str,
    origin: Origin,
    *,
    charset: str | None = None,
    may_be_list: bool = False,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Draft:
    """Return the article of a page at `name`; `charset` is the server's.

    `may_be_list` also accepts a page that is a list, because an operator has declared it.

    Raises:
        UnreadableError: the charset is wrong, the page shows no article, or parsing took too much.
    """
    page = _parse(data, charset, deadline_seconds)
    if not may_be_list and (objection := objection_to(page)):
        raise UnreadableError(objection)
    return _draft(page, name, origin)


def read_page_of(
    lead: Incoming,
    data: bytes,
    origin: Origin,
    *,
    final_url: str,
    now: dt.datetime,
    charset: str | None = None,
) -> Draft:
    """Return the article of the page that a feed's lead links to; `final_url` is its address after redirects.

    Raises:
        UnreadableError: as for `read_page`, or the page is not this article.
    """
    page = _parse(data, charset, DEADLINE_SECONDS)
    if objection := objection_to(page) or mismatch_of(lead, page, final_url, zone=origin.zone, now=now):
        raise UnreadableError(objection)
    return _draft(page, lead.place, origin)


def _parse(data: bytes, charset: str | None, deadline_seconds: float) -> Page:
    text = decode(data, may_be_cut=True, charset=charset).replace("\0", "")
    page = parse_in_child(PAGE, text.encode(errors="replace"), deadline_seconds)
    if not page.title or not page.body:
        raise UnreadableError("trang HTML không có bài báo nào nhận ra được")
    return page


def _draft(page: Page, name: str, origin: Origin) -> Draft:
    return Draft(
        place=name,
        title=page.title,
        sapo=page.sapo,
        body=page.body,
        url=page.url,
        topic=page.topic,
        source=origin.source or paper_of(page),
        published=page.published,
    )
