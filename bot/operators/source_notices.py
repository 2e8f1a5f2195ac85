"""Notices in the admin chat about polled sources: short, escaped HTML that says what to do."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

from bot.fetching.responses import advice, describe_failure
from bot.fetching.source_health import AHEAD, BROKEN, CROWDED, ELSEWHERE, MOVED, OLD, QUIET, UNDATED, Verdict
from bot.messages.markup import one_line, shortened
from bot.news.newsroom import WebSource
from storage.sources import SourceState

_MOST_TOGETHER = 6  # with the longest addresses these still fit into one message
_LONGEST_URL = 300  # UTF-16 units
_LONGEST_DETAIL = 100


def notices_of(source: WebSource, verdict: Verdict) -> list[str]:
    """Return the notices of a verdict, a paragraph each."""
    begun: dict[str, Callable[[WebSource, SourceState], str]] = {
        BROKEN: _broken, QUIET: _quiet, MOVED: _moved,
        OLD: partial(_misdated, "mọi bài mới đều ghi giờ đăng cũ hơn một tháng nên không vào bản tin"),
        AHEAD: partial(_misdated, "mọi bài mới đều ghi giờ đăng ở tương lai nên bot chỉ tính giờ nhận được"),
        UNDATED: partial(_misdated, "không bài mới nào có giờ đăng đọc được nên bot chỉ tính giờ nhận được"),
        ELSEWHERE: _elsewhere, CROWDED: _crowded,
    }  # fmt: skip
    over = {
        BROKEN: f"✓ Nguồn <b>{escape(source.title)}</b> đã lấy được tin trở lại.",
        QUIET: f"✓ Nguồn <b>{escape(source.title)}</b> đã có tin mới trở lại.",
        OLD: f"✓ Giờ đăng của nguồn <b>{escape(source.title)}</b> đã đúng lại.",
        CROWDED: f"✓ Nguồn <b>{escape(source.title)}</b> không còn trả về quá nhiều bài một lần.",
    }
    over |= dict.fromkeys((AHEAD, UNDATED), over[OLD])
    return [
        *(say(source, verdict.state) for trouble, say in begun.items() if trouble in verdict.begun),
        *(text for trouble, text in over.items() if trouble in verdict.over),
    ]


def status_of(state: SourceState) -> str:
    """Return "broken", "quiet" or "ok", the state of a source that has been polled."""
    return "broken" if state.trouble else "quiet" if QUIET in state.told else "ok"


def together(notices: Sequence[str]) -> str:
    """Return several notices as one message.

    >>> together(["a"] * 8).splitlines()[-1]
    '… và 2 tin báo nữa: diemtin sources'
    """
    shown = "\n\n".join(notices[:_MOST_TOGETHER])
    rest = len(notices) - _MOST_TOGETHER
    return f"{shown}\n\n… và {rest} tin báo nữa: diemtin sources" if rest > 0 else shown


def _broken(source: WebSource, state: SourceState) -> str:
    code = state.trouble or ""
    what = describe_failure(code, shortened(one_line(state.detail), _LONGEST_DETAIL))
    return (
        f"⚠️ Nguồn <b>{escape(source.title)}</b> không lấy được tin: {escape(what)}.\n"
        f"Địa chỉ: {_code(source.url)}\n"
        f"Nên làm: {escape(advice(code))}. Các nguồn khác vẫn chạy."
    )


def _quiet(source: WebSource, state: SourceState) -> str:
    since = (state.new_at or state.next_at).astimezone(ZoneInfo(source.zone))
    usual = f", bình thường cách nhau nhiều nhất {_length(state.gap_seconds)}" if state.gap_seconds else ""
    return (
        f"⚠️ Nguồn <b>{escape(source.title)}</b> không có tin mới từ {since:%H:%M %d/%m/%Y}{usual}.\n"
        f"Nên làm: mở {_code(source.url)}; nếu báo đã đổi địa chỉ RSS thì sửa tệp cấu hình."
    )


def _moved(source: WebSource, state: SourceState) -> str:
    line = f'{source.kind} = "{state.moved_to}"'
    return (
        f"ℹ️ Nguồn <b>{escape(source.title)}</b> đã chuyển hẳn sang địa chỉ mới; tin vẫn về đủ.\n"
        f"Nên làm: sửa trong tệp cấu hình thành {_code(line)}"
    )


def _misdated(what: str, source: WebSource, _: SourceState) -> str:
    return (
        f"⚠️ Nguồn <b>{escape(source.title)}</b>: {what}.\n"
        f"Nên làm: mở {_code(source.url)} xem giờ báo ghi; "
        "nếu lệch múi giờ thì đặt <code>zone</code> cho nguồn này."
    )


def _elsewhere(source: WebSource, state: SourceState) -> str:
    return (
        f"ℹ️ Nguồn <b>{escape(source.title)}</b> đưa {state.elsewhere} bài dẫn sang trang của báo khác. "
        "Các bài ấy đứng tên nguồn này và không sửa được bài của báo kia.\n"
        "Nên làm: nếu đây là trang tổng hợp thì không phải làm gì; nếu không, xem lại địa chỉ của nguồn."
    )


def _crowded(source: WebSource, state: SourceState) -> str:
    return (
        f"⚠️ Nguồn <b>{escape(source.title)}</b> trả về quá nhiều bài một lần: bot đọc những bài mới nhất "
        f"và bỏ lại {state.left_out} bài cũ hơn.\n"
        "Nên làm: tìm một địa chỉ RSS gọn hơn của báo này. Các nguồn khác vẫn chạy."
    )


def _length(seconds: int) -> str:
    """Return a length of time, rounded.

    >>> _length(5400), _length(200_000), _length(600)
    ('2 giờ', '2 ngày', '10 phút')
    """
    if seconds >= dt.timedelta(days=2).total_seconds():
        return f"{round(seconds / 86_400)} ngày"
    return f"{round(seconds / 3600)} giờ" if seconds >= 3600 else f"{max(1, round(seconds / 60))} phút"


def _code(text: str) -> str:
    return f"<code>{escape(shortened(one_line(text), _LONGEST_URL))}</code>"
