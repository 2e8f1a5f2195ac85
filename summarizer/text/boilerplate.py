"""Recognise lines of a scraped page that are not prose: credits, addresses, bylines, captions."""

import math
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import cast

from summarizer.packaged_data import load_json
from summarizer.text.syllables import syllables

# Credits, addresses, marks, links and bylines.
#
# Every function reads the text of one line only; `cleaning` also considers the neighbouring lines. Patterns
# match whole lines (or the end of one, for credits), so prose about photos or links stays.

_STOPS = (".", "!", "?", "…")
_LONGEST_BOILERPLATE = 2_000  # characters
_CLOSING = "\"”’')]» "
_TAIL = 120  # characters at the end of a line in which a credit stands
_LONGEST_CREDITED = 60  # syllables; a line that ends in a credit but is longer is prose with a photo in it


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts), re.IGNORECASE)


def ends_as_sentence(text: str) -> bool:
    """Tell whether `text` ends with a mark that ends a sentence, inside or outside quotes."""
    return text.rstrip(_CLOSING)[-1:] in _STOPS


_ADDRESS = _pattern(r"[<(\[|]*(?:https?://|www\.|#\w)")
_DATE = _pattern(
    r"\W*+(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy|\d)|chủ nhật|cn|t[2-7])\W++)?(?:ngày\s++)?",
    r"\d{1,2}\s*+[/.\-]\s*+\d{1,2}\s*+[/.\-]\s*+\d{4}(?:\W++\d{1,2}\s*+[:hg]\s*+\d{2}.{0,12})?\W*+",
)
_NOTICE = _pattern(
    r"[^\w®©]*+(?:bài viết thể hiện quan điểm|bản quyền thuộc|chia sẻ bài viết|bình luận\W*+\Z|®|©",
    r"|(?:chia sẻ|share|lưu bài(?: viết)?|in bài(?: viết)?|sao chép liên kết)\W*+\Z",
    r"|mời (?:quý )?(?:độc giả|bạn đọc|quý vị)\b.{0,80}(?:xem|đón|đọc|theo dõi|gửi)",
    r"|(?:bấm|nhấn|click) (?:vào|để|theo dõi)\b",
    r"|theo dõi .{2,40} trên (?:google|facebook|zalo|youtube|fanpage)",
    r"|tags?\s*+:|từ kh(?:óa|oá)\s*+:).*",
)
_ADVERTORIAL = _pattern(
    r"\W*+(?:p\.?\s?r\.?|advertorial|sponsored|quảng cáo|tài trợ",
    r"|(?:bài (?:viết )?|nội dung |thông tin )(?:được )?(?:tài trợ|quảng cáo|doanh nghiệp|pr)",
    r"(?: bởi .{1,40})?)\W*+",
)


def is_advertorial_mark(text: str) -> bool:
    """Tell whether the line marks the article as paid for ("PR", "Bài được tài trợ")."""
    return _ADVERTORIAL.fullmatch(text) is not None


def is_boilerplate(text: str) -> bool:
    """Tell whether the line is an address, a date, a mark, a notice of the site or a credit."""
    if len(text) > _LONGEST_BOILERPLATE:
        return False
    return (
        not _has_letter(text)
        or all(_is_address(word) for word in text.split())
        or any(kind.fullmatch(text) for kind in (_DATE, _NOTICE, _ADVERTORIAL))
        or is_credit(text)
    )


def _is_address(word: str) -> bool:
    return _ADDRESS.match(word) is not None or "@" in word[1:] or not _has_letter(word)


def _has_letter(text: str) -> bool:
    return text[:1].isalnum() or any(char.isalnum() for char in text)


_WORK = (
    r"(?:(?:nguồn )?(?:hình )?ảnh|hình|đồ h(?:ọa|oạ)|minh h(?:ọa|oạ)|infographics?|graphic|(?:nguồn )?clip"
    r"|(?:ảnh cắt từ )?video|photo|thiết kế)"
)
_OF_WHAT = r"(?: minh h(?:ọa|oạ)| tư liệu| chụp màn hình| cắt từ clip| clip| video)?"
_CREDIT = _pattern(rf"\W*+{_WORK}{_OF_WHAT}\s*+[:;].{{0,90}}")
_BARE_CREDIT = _pattern(
    rf"\W*+{_WORK} (?:minh h(?:ọa|oạ)|tư liệu|internet|chụp màn hình|cắt từ clip|nhân vật cung cấp",
    r"|do .{1,40} cung cấp|facebook|fbnv|nvcc|afp|reuters|ttxvn|getty images)\W*.{0,20}",
)
_CREDIT_TAIL = _pattern(
    rf"(?:[-–—.,)(“”\"|/]\s*+|\s\(){_WORK}{_OF_WHAT}\s*+[:;].{{1,60}}\Z",
    r"|\((?:ảnh|hình|nguồn ảnh|clip|video)\b[^)]{0,60}\)\W*+\Z",
)


def is_credit(text: str) -> bool:
    """Tell whether the line credits a photo, drawing or clip, or is a caption that ends in such a credit."""
    if _BARE_CREDIT.fullmatch(text):
        return True
    if _CREDIT.fullmatch(text):
        return not ends_as_sentence(text) or len(syllables(text)) <= 10
    return without_credit(text) != text and len(syllables(text)) <= _LONGEST_CREDITED


def without_credit(text: str) -> str:
    """Return `text` without a credit at its end: a caption is printed once with and once without it."""
    tail = text[-_TAIL:]
    if not any(mark in tail for mark in ":;)"):  # most lines, and the pattern is slow
        return text
    return text[:-_TAIL] + _CREDIT_TAIL.sub("", tail)


_SOURCE_WITH_URL = _pattern(
    r"\(?(?:nguồn|theo)\b\s*+:?\s*+([^:\n]{0,60}?)\s*+[:\-–]?\s*+(?P<url>https?://\S(?P<rest>\S*+))"
)
_SOURCE = _pattern(r"\(?nguồn(?: tin)?\s*+:\s*([^.\n]{2,60}?)\.?\)?")
_AFTER_URL = ")."  # what closes the line behind the address


def find_source(text: str) -> tuple[str | None, str | None] | None:
    """Return the name and URL that a line like "Nguồn Tin Sáng: https://..." gives, None for another line."""
    if len(text) > _LONGEST_BOILERPLATE:
        return None
    if found := _SOURCE_WITH_URL.fullmatch(text):
        closing = len(found["rest"]) - len(found["rest"].rstrip(_AFTER_URL))
        return found.group(1) or None, found["url"][: len(found["url"]) - closing]
    found = _SOURCE.fullmatch(text)
    return (found.group(1), None) if found else None


_RELATED = _pattern(
    r"\W*+(?:(?:xem|đọc) (?:thêm|tiếp|chi tiết|ngay)|tin (?:bài )?(?:liên quan|cùng chuyên mục|khác)",
    r"|bài (?:viết )?(?:liên quan|cùng chủ đề)|có thể bạn quan tâm|(?:đang|tin) được quan tâm|tin nổi bật)\b",
    r"(\s*+[:»>–-]*+)\s*+(.*)",
)
_ARROWS = re.compile(r"(?:>\s*>|»|►|▶)")


def is_related_link(text: str) -> bool:
    """Tell whether the line points to another article ("Xem thêm: ...", ">> ...") or heads such lines."""
    found = _RELATED.fullmatch(text)
    return _ARROWS.match(text) is not None or (
        found is not None and (":" in found.group(1) or not ends_as_sentence(text))
    )


def heads_related_links(text: str) -> bool:
    """Tell whether links follow below the line: "Tin liên quan" and nothing more."""
    found = _RELATED.fullmatch(text)
    return found is not None and not found.group(2)


_BYLINE_SYLLABLES = 8
_LONGEST_BYLINE = 300  # characters
_AGENCY = _pattern(
    r"\W*+(?:theo|tổng hợp|nguồn|lược dịch|dịch|biên dịch|pv|nhóm pv|nhóm phóng viên|thực hiện|tin, ảnh)\b",
    r".{0,60}",
)
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]{1,40}[)\]]\.?")
_BETWEEN_NAMES = re.compile(r"\([^)]*\)|[-–,/&]")
_ROLES = frozenset(("và", "theo", "thực", "hiện", "tổng", "hợp", "ghi", "dịch", "bài", "ảnh"))


def is_byline(text: str) -> bool:
    """Tell whether a last line names who wrote the article: "An Bình", "Theo Tin Sáng", "(TTXVN)"."""
    if len(text) > _LONGEST_BYLINE:
        return False
    if _IN_BRACKETS.fullmatch(text):
        return True
    if len(syllables(text)) > _BYLINE_SYLLABLES or text.endswith((*_STOPS, ":", ";", ",")):
        return False
    if _AGENCY.fullmatch(text):
        return True
    names = [word for word in _BETWEEN_NAMES.sub(" ", text).split() if word.lower() not in _ROLES]
    return 0 < len(names) <= 6 and all(name[0].isupper() for name in names)


# Tell photo captions from prose by their words and the lines around them.
#
# Most captions in Vietnamese news end in a full stop, so punctuation says little. Their words say more
# ("hiện trường vụ", "tại buổi", "(trái)"), and so do missing words ("cũng", "tuy nhiên", "cho biết").
# The weights are a logistic regression over words, trained by `benchmarks/train_captions.py`. Which lines
# are dropped is decided in `cleaning`; the ranker takes the same score as evidence.

CERTAIN = 3.0  # log odds from which a line of its own is a caption wherever it stands
LIKELY = 0.8  # log odds that are enough for a short line between long paragraphs
_DOUBTFUL, _PLAIN = 1.0, 2.5  # log odds up to which `similarity_to_captions` is 0, and from which it is 1
_LONGEST_WITHIN = 24  # syllables; a longer sentence among others is prose
_LONGEST = 48  # syllables; longer ones are prose
_LONGEST_SYLLABLE = 12  # characters, with what parts it from the next
_LONGEST_SUBHEAD = 10  # syllables; a line of so many or fewer without a stop is a subhead
_LONG_PARAGRAPH = 40  # syllables
_NO_CAPTION = ("?", "!", ":", ";")  # captions never end so
_QUOTE = re.compile('["“”]')


def caption_score(text: str, tokens: Sequence[str] | None = None) -> float:
    """Return the log odds that a separate line with this text is a caption, if half of such lines are.

    `tokens` are its syllables, where the caller has them already.

    >>> caption_score("Hiện trường vụ tai nạn trên quốc lộ 1.") > 2
    True
    >>> caption_score("Tuy nhiên, ông cũng chưa rõ vì sao nước lên nhanh.") < -2
    True
    """
    tokens = tokens or syllables(text)
    lone, pairs = _weights()
    said = map(lone.__getitem__, lone.keys() & lone_cues(text, tokens))
    beside = map(pairs.__getitem__, pairs.keys() & pairwise(tokens))
    # An exact sum: the order of a set differs between processes, and so would a rounded sum.
    return math.fsum((lone[""], *said, *beside))


def similarity_to_captions(text: str, tokens: Sequence[str]) -> float:
    """Return from 0 to 1 how much a sentence amid prose, with these syllables, reads like a caption.

    >>> similarity_to_captions("Hiện trường vụ tai nạn.", ["hiện", "trường", "vụ", "tai", "nạn"])
    1.0
    """
    if len(tokens) > _LONGEST_WITHIN:
        return 0.0
    return max(0.0, min(1.0, (caption_score(text, tokens) - _DOUBTFUL) / (_PLAIN - _DOUBTFUL)))


def is_caption(text: str, *, before: str = "", after: str = "") -> bool:
    """Tell whether the line `text` between the lines `before` and `after` is a caption."""
    if text.count(" ") >= _LONGEST or len(text) > _LONGEST * _LONGEST_SYLLABLE or text.endswith(_NO_CAPTION):
        return False
    tokens = syllables(text)
    fewest = 2 if ends_as_sentence(text) else _LONGEST_SUBHEAD + 1
    if not fewest <= len(tokens) <= _LONGEST:
        return False
    score = caption_score(text, tokens)
    if score >= CERTAIN:
        return True
    return score >= LIKELY and all(
        len(syllables(line)) >= max(_LONG_PARAGRAPH, 2 * len(tokens)) for line in (before, after)
    )


def word_weights() -> dict[str, float]:
    """Return the weight of each syllable for a caption, in log odds; small weights are left out."""
    return {cue: weight for cue, weight in _weights()[0].items() if cue.isalnum()}


def lone_cues(text: str, tokens: Sequence[str]) -> list[str]:
    """Return the features of a line but its neighbouring words: words, the opening, length and marks."""
    opening = f"^{tokens[0]}" if tokens else "^"
    found = [*set(tokens), opening, "^" + " ".join(tokens[:2])]
    found += (f"#{min(len(tokens) // 4, 12)}", f",{min(text.count(','), 3)}")
    if _QUOTE.search(text):
        found.append('"')
    if tokens and tokens[-1].isdigit():
        found.append("9$")
    return found


@cache
def _weights() -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Return the weights of lone cues, "" being the constant, and of neighbours."""
    saved: dict[str, float] = load_json("captions.json")
    pairs = {tuple(cue.split()): weight for cue, weight in saved.items() if " " in cue and cue[0] != "^"}
    lone = {cue: weight for cue, weight in saved.items() if " " not in cue or cue[0] == "^"}
    return lone, cast(dict[tuple[str, str], float], pairs)
