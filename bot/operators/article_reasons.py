"""Reasons about one article: why it did not reach a reader, and why it has its rank in a search. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from bot.messages.spoken import say_at
from bot.news.newsroom import Edition, Newsroom
from bot.operators.reasons import Reason, Why
from storage.articles import StoredArticle
from storage.sources import SourceState, StoredRefusal
from summarizer.questions.hits import Explained, WordPlaces
from summarizer.reader_tastes import Mentions


@dataclass(frozen=True, slots=True)
class UnstoredArticle:
    """What is known about an article that is not stored. `source_title`: the declared source of its host."""

    refused: Sequence[StoredRefusal] = ()
    refused_nearby: Sequence[StoredRefusal] = ()
    source_title: str | None = None
    state: SourceState | None = None
    is_quiet: bool = False
    trouble: str | None = None


def why_not_stored(found: UnstoredArticle, *, zone: str, now: dt.datetime) -> Reason:
    if found.refused:
        _, path, reason, _ = found.refused[0]
        return Reason(Why.ARTICLE_REFUSED, f"không nhận bài này ({path}): {reason}")
    if found.source_title is None:
        return Reason(Why.NO_SOURCE, "chưa có bài này, và không nguồn nào đã khai báo đọc trang ấy")
    head, state = f"chưa có bài này; nguồn {found.source_title}", found.state
    if state is None:
        return Reason(Why.NOT_POLLED, f"{head} chưa được hỏi lần nào")
    if found.trouble is not None:
        since = say_at(state.fetched_at, zone, now) if state.fetched_at else "đầu"
        return Reason(Why.SOURCE_BROKEN, f"{head} không đọc được từ {since}: {found.trouble}")
    if found.is_quiet and state.new_at is not None:
        return Reason(Why.SOURCE_SILENT, f"{head} im, không có tin mới từ {say_at(state.new_at, zone, now)}")
    asked = say_at(state.fetched_at, zone, now) if state.fetched_at else "chưa lần nào"
    words = f"{head} chưa đưa bài này (hỏi lần cuối {asked}, hỏi lại {say_at(state.next_at, zone, now)})"
    if found.refused_nearby:
        _, path, reason, _ = found.refused_nearby[0]
        words += f"; mục bị từ chối gần nhất của nguồn: {path}: {reason}"
    return Reason(Why.NOT_SEEN, words)


def why_not_in_issue(
    article: StoredArticle,
    edition: Edition,
    newsroom: Newsroom,
    *,
    coverage: tuple[Mentions, Set[str]],
    is_set_aside: bool,
    covered_until: dt.datetime | None,
    next_slot: dt.datetime | None,
    now: dt.datetime,
) -> Reason:
    """Say why a stored article's story is in no issue of a reader.

    `coverage`: the words of the article's story and the papers that report it. The profile's issues cover
    the articles up to `covered_until`; `next_slot` is when the next one is due.
    """
    zone = edition.schedule.zone
    if article.processed_at is None or article.ready_at is None:
        if is_set_aside:
            return Reason(Why.ARTICLE_REFUSED, "bài được để riêng vì làm hỏng bộ xử lý văn bản")
        stored = say_at(article.stored_at, zone, now)
        return Reason(Why.NOT_PROCESSED, f"nhận lúc {stored}, còn chờ xử lý nên chưa vào số nào")
    mentions, papers = coverage
    if reason := _why_never(article, edition, newsroom, mentions, papers):
        return reason
    came_out = article.published.at if article.published else article.stored_at
    if article.ready_at - came_out > edition.max_age:
        hours = round(edition.max_age.total_seconds() / 3600)
        return Reason(
            Why.TOO_OLD, f"đăng lúc {say_at(came_out, zone, now)}, cũ hơn {hours} giờ khi nhận được"
        )
    if covered_until is None or article.ready_at > covered_until:
        when = say_at(next_slot, zone, now) if next_slot else "tới"
        return Reason(Why.COMES_NEXT, f"chưa đến số nào kể từ khi nhận bài; sẽ được xét cho số {when}")
    minutes = f"{edition.reading_minutes:g} phút đọc"
    return Reason(
        Why.DROPPED, f"đã được xét nhưng không được chọn: số ấy chỉ có {minutes}, các tin khác đứng trước"
    )


def _why_never(
    article: StoredArticle, edition: Edition, newsroom: Newsroom, mentions: Mentions, papers: Set[str]
) -> Reason | None:
    """Say why no digest of a reader can have an article whose story has `mentions`, reported by `papers`."""
    if article.advertorial:
        return Reason(Why.DROPPED, "bài quảng cáo không vào bản tin")
    if article.story_id is None:
        return Reason(Why.DROPPED, "bài điểm nhiều tin không vào bản tin; từng tin vào theo bài riêng của nó")
    title = newsroom.title_of(article.source)
    if not newsroom.may_show(article.source):
        return Reason(Why.DROPPED, f'nguồn {title} khai báo quote = "none" nên không được trích')
    if article.source in edition.papers_out and papers <= set(edition.papers_out):
        return Reason(Why.MUTED, f"người này bỏ báo {title} (/nguon), và không báo nào khác kể chuyện ấy")
    if word := next((word for word in edition.words_out if mentions.of([word])), None):
        return Reason(Why.MUTED, f"người này bỏ tin có từ «{word}» (/tu)")
    if edition.topics and article.topic not in edition.topics and not mentions.of(edition.words_in):
        topic = newsroom.topics.get(article.topic or "", "không rõ")
        chosen = ", ".join(newsroom.topics.get(name, name) for name in edition.topics)
        return Reason(Why.MUTED, f"chủ đề của bài là {topic}; người này chỉ nhận {chosen}")
    return None


_ABOUT_EQUAL = 0.1  # points: of articles this close the newer one ranks first
_LEAST_SHOWN = 0.005  # points
_PARTS = (  # the words for each field of `Points`
    "có các từ, càng nhiều lần và càng ngắn càng hơn",
    "đúng dấu như đã gõ",
    "các từ đứng liền nhau",
    "có ngay trong tiêu đề",
    "đúng nghĩa thường gặp của từ gõ không dấu",
    "từ hiếm, tính cả thân bài",
    "mới đăng",
)


def say_rank(place: int, found: Sequence[Explained | None], *, wants_newest: bool) -> Iterator[str]:
    """Yield lines about the article at `place` of `found`: its words, its points, its lead over the next.

    `found` is in order of rank; None is an article that was found only by a corrected spelling.
    """
    one = found[place]
    if one is None:
        yield "Tìm thấy nhờ đoán lại một từ gõ nhầm; các từ còn lại đứng liền nhau trong bài."
        return
    yield _say_words(one)
    yield from _say_places(one.words)
    yield _say_points(one)
    below = found[place + 1] if place + 1 < len(found) else None
    if below is not None:
        yield f"Đứng trên bài sau vì {_why_above(one, below, wants_newest=wants_newest)}."


def _say_words(one: Explained) -> str:
    """Say which tier the article is in."""
    missing = [
        each.words
        for each in one.words
        if each.is_main and not (each.in_title or each.in_sapo or each.in_body)
    ]
    if one.is_roundup:
        return "Bài điểm nhiều việc khác nhau nên xếp sau, dù có đủ từ."
    if missing:
        return f"Thiếu từ: {', '.join(missing)}; bài có đủ từ xếp trước."
    if not one.ranked.is_own:
        return "Có đủ từ, nhưng dấu khác lúc gõ; bài đúng dấu xếp trước."
    if not one.ranked.is_full:
        return "Có đủ từ, nhưng có từ chỉ nằm trong thân bài; bài có đủ từ ở tiêu đề và lời dẫn xếp trước."
    return "Có đủ từ ở tiêu đề và lời dẫn."


def _say_places(words: Sequence[WordPlaces]) -> Iterator[str]:
    total = sum(each.share for each in words) or 1.0
    for name, where in (("Tiêu đề", "in_title"), ("Lời dẫn", "in_sapo"), ("Thân bài", "in_body")):
        here = [each for each in words if getattr(each, where)]
        if here:
            named = ", ".join(f"{each.words} ({round(100 * each.share / total)} %)" for each in here)
            yield f"{name} có: {named}."
    together = [f"{a.words} {b.words}" for a, b in pairwise(words) if b.is_next]
    if together:
        yield f"Đứng liền nhau: {', '.join(together)}."


def _say_points(one: Explained) -> str:
    parts = sorted(zip(one.points, _PARTS, strict=True), reverse=True)
    named = "; ".join(f"{_number(value)} {words}" for value, words in parts if value >= _LEAST_SHOWN)
    return f"{_number(one.ranked.points)} điểm: {named}."


def _number(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _why_above(one: Explained, below: Explained, *, wants_newest: bool) -> str:
    if one.ranked.tier < below.ranked.tier:
        return "có đủ từ hơn, hoặc đúng dấu hơn"
    is_newer = one.ranked.hit.at >= below.ranked.hit.at
    if wants_newest and is_newer:
        return "câu hỏi hỏi tin mới, và bài này mới hơn"
    lead = one.ranked.points - below.ranked.points
    if is_newer and lead < _ABOUT_EQUAL:
        return "hai bài gần bằng điểm, và bài này mới hơn"
    gains = [a - b for a, b in zip(one.points, below.points, strict=True)]
    best = max(range(len(gains)), key=gains.__getitem__)
    return f"hơn {_number(lead)} điểm, nhất là ở phần «{_PARTS[best]}»"
