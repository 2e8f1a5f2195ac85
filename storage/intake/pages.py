"""A saved or fetched page of HTML → one draft. Parsing runs apart (`page_worker`), as it does for feeds."""

from storage.intake.apart import DEADLINE_SECONDS, PAGE, parse_apart
from storage.intake.decoding import decode
from storage.intake.drafts import Draft
from storage.intake.model import Origin, UnreadableError


def read_page(
    data: bytes,
    name: str,
    origin: Origin,
    *,
    charset: str | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Draft:
    """Return the article of a page, placed at `name`; `charset` is what its server said.

    Raises:
        UnreadableError: the charset is wrong, the page shows no article, or parsing took too much.
    """
    text = decode(data, may_be_cut=True, charset=charset).replace("\0", "")
    page = parse_apart(PAGE, text.encode(errors="replace"), deadline_seconds)
    if not page.title or not page.body:
        raise UnreadableError("trang HTML không có bài báo nào nhận ra được")
    return Draft(
        place=name,
        title=page.title,
        sapo=page.sapo,
        body=page.body,
        url=page.url,
        topic=page.topic,
        source=origin.source or page.source,
        published=page.published,
    )
