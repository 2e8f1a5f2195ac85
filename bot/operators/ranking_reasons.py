"""Why an article has its rank among the results of a search, in words for an editor. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarizer.questions.hits import Explained, WordPlaces

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
    missing = [each.words for each in one.words if each.is_main and not _is_there(each)]
    if one.is_roundup:
        return "Bài điểm nhiều việc khác nhau nên xếp sau, dù có đủ từ."
    if missing:
        return f"Thiếu từ: {', '.join(missing)}; bài có đủ từ xếp trước."
    if not one.ranked.is_own:
        return "Có đủ từ, nhưng dấu khác lúc gõ; bài đúng dấu xếp trước."
    if not one.ranked.is_full:
        return "Có đủ từ, nhưng có từ chỉ nằm trong thân bài; bài có đủ từ ở tiêu đề và lời dẫn xếp trước."
    return "Có đủ từ ở tiêu đề và lời dẫn."


def _is_there(word: WordPlaces) -> bool:
    return word.in_title or word.in_sapo or word.in_body


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
