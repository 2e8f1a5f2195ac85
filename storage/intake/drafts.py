"""Turn a `Draft` into `Incoming` or `Refusal`: repair, clean, check, identify. All articles pass here."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from ftfy import fix_encoding
from ftfy.badness import is_bad

from storage.identity import Standing, article_key, clean_link, elsewhere_key, site_of, text_hash
from storage.intake.date_style import DateStyle
from storage.intake.dates import parse_published, published_in_path
from storage.times import Published
from summarizer.text.boilerplate import is_advertorial_mark
from summarizer.text.cleaning import MOST_CHARACTERS, clean_body
from summarizer.text.openings import complete, is_leftover_markup, without_footer
from summarizer.text.prose import BROKEN_CHARSET, find_objection, is_syllable
from summarizer.text.repair import repair
from summarizer.text.syllables import syllables


@dataclass(frozen=True, slots=True)
class Incoming:
    """One article, cleaned and ready to be stored.

    `key` is its identity and `text_hash` a hash of its text (see `storage.identity`); `topic` is the category
    in its row or feed, or None. `place` is where it was found: `path`, `path:line` or `path#item`. `speaker`
    is the declared source, "" for the command `ingest`; `standing` says whose articles it may change (see
    `storage.identity`).
    """

    key: str
    external_id: str
    url: str | None
    source: str
    topic: str | None
    title: str
    sapo: str
    body: str
    published: Published | None
    text_hash: str
    advertorial: bool
    place: str
    speaker: str = ""
    standing: Standing = "files"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Input that was not taken in: `path`, `path:line` or `path#item`, and the reason in Vietnamese.

    `link` is the article's own address, if it named one.
    """

    path: str
    reason: str
    link: str | None = None


Taken = Incoming | Refusal


@dataclass(frozen=True, slots=True)
class Origin:
    """Defaults from the declared source for fields that an article lacks; `zone` is an IANA name.

    `papers` are the source names that an article may have instead of `source`; None means any. `date_style`
    is the form of the source's earlier times. `sites` are those whose articles it may change (see
    `storage.identity.site_of`); None means any, as for the operator's files.
    """

    source: str = ""
    zone: str = "Asia/Ho_Chi_Minh"
    papers: frozenset[str] | None = None
    date_style: DateStyle | None = None
    sites: frozenset[str] | None = None


class UnreadableError(Exception):
    """These bytes, or this row, hold no article; the message is the reason in Vietnamese."""


MAX_TITLE_CHARACTERS = 500
MAX_SAPO_CHARACTERS = (
    3_000  # journalists write a quarter of it at most; a longer "lead" is the article's text
)
MAX_TEXT_CHARACTERS = MOST_CHARACTERS  # a longer text is refused
_VIETNAMESE_ONLY = re.compile("[ĐđƠơƯưẠ-ỹ]")  # UTF-8 misread in a Western charset has none of these
_GLUED = re.compile(r"(?<=[^\W\d_A-ZÀ-Ý])(?=[A-ZÀ-Ý])")
_AROUND_WORDS = ".,;:!?…()\"'“”‘’–—"
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,60})[)\]]")
_MAX_NAME_CHARACTERS = 500  # an id, a source, a topic


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as a file has it, unrepaired; `place` is `path`, `path:line` or `path#item`.

    `date_style` is the form of its feed's times, if it came in a feed.
    """

    place: str
    title: str = ""
    sapo: str = ""
    body: str = ""
    url: str = ""
    external_id: str = ""
    source: str = ""
    topic: str = ""
    published: str = ""
    date_style: DateStyle | None = None


def draft_hash(draft: Draft) -> str:
    """Return a hash that identifies the text of a draft."""
    text = "\0".join((draft.title, draft.sapo, draft.body))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def take(draft: Draft, origin: Origin, now: datetime) -> Taken:
    """Return the article of `draft`, or a refusal.

    The draft's own source comes before a source line in the body ("Nguồn …: URL"), and that before `origin`.
    """
    try:
        return _article(draft, origin, now)
    except UnreadableError as error:
        return Refusal(draft.place, str(error), clean_link(draft.url))


def _article(draft: Draft, origin: Origin, now: datetime) -> Incoming:
    title, sapo = _one_line(_decoded(draft.title)), _paragraphs(_decoded(draft.sapo))
    _check_fields(title, sapo, draft)
    body = without_footer(repair(_decoded(draft.body)).text)
    sapo = _lead(sapo, title, body)
    if len(sapo) > MAX_SAPO_CHARACTERS:
        sapo, body = "", f"{sapo}\n{body}"
    cleaned = clean_body(body, title=title, sapo=sapo)
    _check_text(title, sapo, cleaned.text)
    url = clean_link(_one_line(draft.url)) or clean_link(cleaned.source_url or "")
    paper = _one_line(draft.source) or cleaned.source_name or origin.source or host_of(url)
    given_id = _one_line(draft.external_id)
    standing = _standing(url, origin)
    key = article_key(url, paper, given_id, title, cleaned.text or sapo)
    key = elsewhere_key(origin.source, key) if standing == "elsewhere" else key
    return Incoming(
        key=key,
        external_id=given_id or url or key,
        url=url,
        source=paper if origin.papers is None or paper in origin.papers else origin.source,
        topic=_one_line(draft.topic) or None,
        title=title,
        sapo=sapo,
        body=cleaned.text,
        published=_published(draft, url, origin, now),
        text_hash=text_hash(title, sapo, cleaned.text),
        advertorial=cleaned.advertorial or is_advertorial_mark(_one_line(draft.topic)) or _is_paid(sapo),
        place=draft.place,
        speaker=origin.source,
        standing=standing,
    )


def _decoded(text: str) -> str:
    """Repair lines that were decoded as another charset. Raises UnreadableError if one stays broken."""
    if not is_bad(text):
        return text
    lines = [fix_encoding(line) if _is_broken(line) else line for line in text.split("\n")]
    if any(map(_is_broken, lines)):
        raise UnreadableError(BROKEN_CHARSET)
    return "\n".join(lines)


def _is_broken(line: str) -> bool:
    """Tell whether a line was really decoded as another charset; `ftfy` alone has false positives.

    Vietnamese capitals look broken in joined words ("giáĐây") and before a closing quote ("ĐÃ”").
    """
    if not is_bad(line):
        return False
    words = [word for word in re.split("[ \t]", line) if is_bad(word)]
    return not words or not all(map(_is_sound, words))


def _is_sound(word: str) -> bool:
    """Tell whether a word has letters that a wrong charset never makes, or consists of syllables."""
    if _VIETNAMESE_ONLY.search(word):
        return True
    parts = _GLUED.split(word.strip(_AROUND_WORDS))
    return all(part.isalpha() and is_syllable(part.lower()) for part in parts)


def _lead(sapo: str, title: str, body: str) -> str:
    """Return the whole lead; none if it only repeats the title or is leftover markup."""
    lead = complete(without_footer(sapo), body)
    return "" if syllables(lead) == syllables(title) or is_leftover_markup(lead) else lead


def _is_paid(sapo: str) -> bool:
    """Tell whether a lead opens with the mark of a paid article: "(Thông tin doanh nghiệp) …"."""
    opening = _IN_BRACKETS.match(sapo)
    return opening is not None and is_advertorial_mark(opening[1])


def _published(draft: Draft, url: str | None, origin: Origin, now: datetime) -> Published | None:
    style = draft.date_style or origin.date_style
    stated = parse_published(draft.published, origin.zone, now, url=url or "", style=style)
    return stated or (published_in_path(url, origin.zone, now) if url else None)


def _standing(url: str | None, origin: Origin) -> Standing:
    """Return the standing of `origin` for an article at `url`."""
    if origin.sites is None:
        return "files"
    return "host" if url is None or site_of(host_of(url)) in origin.sites else "elsewhere"


def check_length(what: str, characters: int, most: int) -> None:
    """Raise UnreadableError, which names `what` in Vietnamese, for more than `most` characters."""
    if characters > most:
        said = f"{what} dài {characters:,} ký tự (nhiều nhất {most:,})"
        raise UnreadableError(said.replace(",", "."))


def host_of(url: str | None) -> str:
    """Return the host of a clean link without `www.`, for a source without another name."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""


def _check_fields(title: str, sapo: str, draft: Draft) -> None:
    check_length("tiêu đề", len(title), MAX_TITLE_CHARACTERS)
    check_length("nội dung", len(sapo) + len(draft.body), MAX_TEXT_CHARACTERS)
    if max(map(len, (draft.external_id, draft.source, draft.topic))) > _MAX_NAME_CHARACTERS:
        raise UnreadableError(f"mã bài, nguồn hoặc chủ đề dài quá {_MAX_NAME_CHARACTERS} ký tự")


def _check_text(title: str, sapo: str, body: str) -> None:
    text = "\n".join(filter(None, (sapo, body)))
    if not title:
        raise UnreadableError("thiếu tiêu đề" if text else "không có tiêu đề và nội dung")
    if objection := find_objection(f"{title}\n{text}" if text else title):
        raise UnreadableError(objection)


def _one_line(raw: str) -> str:
    return " ".join(repair(raw).text.split())


def _paragraphs(raw: str) -> str:
    lines = (" ".join(line.split()) for line in repair(raw).text.split("\n"))
    return "\n".join(filter(None, lines))
