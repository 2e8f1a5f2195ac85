"""Decide whether a later report of a story has a development, for somebody who knows the older reports.

Most later reports repeat the event in other words, or give opinions on it. A logistic regression over seven
figures decides; `benchmarks/train_developments.py` fits its weights to labelled reports. Views, previews,
background tales and reports of other events never have one, whatever their figures.
"""

import datetime as dt
import importlib.resources
import json
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from summarizer.facts.claims import content_words, figures
from summarizer.facts.number_words import AGES, TIME_UNITS
from summarizer.model import Piece
from summarizer.stories.acts import acts_in, speech_in
from summarizer.stories.quoting import likeliest
from summarizer.stories.roundups import is_promotion, is_roundup
from summarizer.text.sentences import split
from summarizer.text.syllables import canonical

FIGURES = ("title_said", "act", "speech", "goes_on", "hours", "known", "count")
"""What `compare` returns, in order."""

_SAME_EVENT = 0.45  # how probable it must be at least: below, most reports are of another event
_BAR = 0.3  # log odds: of reports above it nine in ten are developments, by weights that have not seen them
_BAR_OF_FOLLOWED = -0.5  # and of these seven in ten, with a quarter more of the developments
_MANY_ACTS = 3  # new ones in headline and lead: enough without the regression
_LEAD_SENTENCES = 4  # of a body, where an article has no lead
_FEWEST_COUNTED = 3  # "hai", "một" and "nửa" are words more than figures
_VIEWS = (
    "hlv|báo chí|truyền thông|cđv|người hâm mộ|fan"
    "|chuyên gia|nhận định|dự đoán|dự báo|lịch|vì sao|lý do|góc nhìn|highlights?|video|clip|top|kịch bản|nếu"
    "|kỳ vọng|hứa hẹn|mong|hướng đến|hướng tới|bạn đọc|khen|có gì|thế nào|là gì|ra sao|cơ hội|chờ|aff|afc"
    "|nhìn lại|khoảnh khắc|trực tuyến|trực tiếp|tường thuật|qua những con số|sai lầm|thế khó"
)
_TALES = (
    "hé lộ|bí ẩn|giải mã|chiêu trò|bên trong|chân dung|hệ sinh thái|nguy cơ|lạc lối|nỗi|phía sau|câu chuyện"
    "|hành trình|cận cảnh|nhộn nhịp|diện mạo|toàn cảnh|người đẹp|rưng rưng|xúc động|bài học|cha đẻ|là ai"
    "|những|ký ức|gây sốt|bất ngờ|điểm danh|mẹo|cách|lưu ý"
)
_GOES_ON = (
    "thêm|tiếp tục|vừa|hôm nay|chính thức|tạm dừng|tạm ngừng|sau khi|sau kiến nghị|hoàn tất|lần hai|lần 2"
    "|lần đầu|đến nay|tăng lên|nâng|nối lại|không còn|đủ"
)
_NO_REPORT = re.compile(rf"\A\W*báo (?!cháy|động|cáo|hiệu|ơn|thức)|\?|(?<!\w)(?:{_VIEWS}|{_TALES})(?!\w)")
_ON = re.compile(rf"(?<!\w)(?:{_GOES_ON})(?!\w)")

Floats = NDArray[np.float64]


def is_development(piece: Piece, known: Sequence[Piece], *, is_followed: bool = False) -> bool:
    """Tell whether a report that may be of their event says what happened since the one or more `known` ones.

    `is_followed` asks for less: readers who follow a story would rather read too much than miss something.
    """
    if _is_no_report(piece):
        return False
    if len(_new_acts(piece, known)) >= _MANY_ACTS:
        return True
    weights, bias = _model()
    bar = _BAR_OF_FOLLOWED if is_followed else _BAR
    return float(compare(piece, known) @ weights) + bias > bar


def is_left_out(piece: Piece, known: Sequence[Piece]) -> bool:
    """Tell whether a report has no development, whatever its figures: see the docstring of the module."""
    return _is_no_report(piece) or not may_be_of(piece, known)


def _is_no_report(piece: Piece) -> bool:
    title, sapo = piece.document.title, piece.document.sapo
    is_view = _NO_REPORT.search(canonical(title)) is not None
    return is_view or is_promotion(title, sapo) or is_roundup(title, sapo)


def may_be_of(piece: Piece, known: Sequence[Piece]) -> bool:
    """Tell whether a report may well be of the event that the nearest of the `known` ones reports."""
    return likeliest(piece, known) >= _SAME_EVENT


def compare(piece: Piece, known: Sequence[Piece]) -> Floats:
    """Return the figures of a report beside the `known` ones: (len(FIGURES),)."""
    title, lead = piece.document.title, opening_of(piece)
    texts = [f"{one.document.title}. {opening_of(one)}" for one in known]
    words = set(content_words(title))
    said = max(len(words.intersection(content_words(text))) for text in texts)
    newest = max(one.moment for one in known)
    hours = max(0.0, (piece.moment - newest) / dt.timedelta(hours=1))
    return np.array(
        (
            said / max(1, len(words)),
            bool(_new_acts(piece, known)),
            any(True for _ in speech_in(title)),
            _ON.search(canonical(f"{title} {lead}")) is not None,
            np.log1p(hours) / 4,
            np.log(len(known)) / 2,
            has_new_count(lead, texts),
        ),
        np.float64,
    )


def _new_acts(piece: Piece, known: Sequence[Piece]) -> set[str]:
    """Return the acts in both headline and lead that no older headline or lead has."""
    told = {act for one in known for text in (one.document.title, opening_of(one)) for act in acts_in(text)}
    return {*acts_in(piece.document.title)} & {*acts_in(opening_of(piece))} - told


def opening_of(piece: Piece) -> str:
    """Return an article's lead, or the first sentences of its body where it has none."""
    if piece.document.sapo:
        return piece.document.sapo
    body = piece.document.body
    spans = split(body)[:_LEAD_SENTENCES]
    return body[: spans[-1][1]] if spans else ""


def has_new_count(text: str, known: Sequence[str]) -> bool:
    """Tell whether a text has a count that `known` texts lack; hours, days and ages do not matter."""
    numbers = {found.value for other in known for found in figures(other)}
    return any(
        found.value >= _FEWEST_COUNTED
        and found.value not in numbers
        and found.qualifier != "vague"
        and found.unit not in TIME_UNITS
        and found.unit not in AGES
        for found in figures(text)
    )


@cache
def _model() -> tuple[Floats, float]:
    text = (importlib.resources.files("summarizer") / "data" / "developments.json").read_text("utf-8")
    packed = json.loads(text)
    return np.array([packed["weights"][figure] for figure in FIGURES]), float(packed["bias"])
