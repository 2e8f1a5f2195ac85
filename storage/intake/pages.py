"""A saved or fetched page of HTML → one draft. Parsing runs apart (`page_worker`), as it does for feeds.

What is no article is refused with what it is (`page_kinds`).
"""

import datetime as dt

from storage.intake.apart import DEADLINE_SECONDS, PAGE, Page, parse_apart
from storage.intake.decoding import decode
from storage.intake.drafts import Draft
from storage.intake.model import Incoming, Origin, UnreadableError
from storage.intake.page_kinds import mismatch_of, objection_to, paper_of


def read_page(
    data: bytes,
    name: str,
    origin: Origin,
    *,
    charset: str | None = None,
    may_be_list: bool = False,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Draft:
    """Return the article of a page, placed at `name`; `charset` is what its server said.

    `may_be_list` takes a page that lists things too: an operator has declared it.

    Raises:
        UnreadableError: the charset is wrong, the page shows no article, or parsing took too much.
    """
    page = _parse(data, charset, deadline_seconds)
    objection = None if may_be_list else objection_to(page)
    if objection is not None:
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
    """Return the article of the page behind a feed's lead; `final_url` is where its address led.

    Raises:
        UnreadableError: as for `read_page`, or the page is not this article.
    """
    page = _parse(data, charset, DEADLINE_SECONDS)
    objection = objection_to(page) or mismatch_of(lead, page, final_url, zone=origin.zone, now=now)
    if objection is not None:
        raise UnreadableError(objection)
    return _draft(page, lead.place, origin)


def _parse(data: bytes, charset: str | None, deadline_seconds: float) -> Page:
    text = decode(data, may_be_cut=True, charset=charset).replace("\0", "")
    page = parse_apart(PAGE, text.encode(errors="replace"), deadline_seconds)
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
