"""What operators are told of delivery: that the promise is at risk, that it is no more, how a broadcast goes.

HTML, escaped, each well within one message.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from markupsafe import Markup

from storage.delivery.outlook import Outcomes, Queue

_LATE = Markup(
    "⚠️ {due} tin nhắn đã đến giờ mà chưa gửi; tin đợi lâu nhất đã {minutes} phút. "
    "Với tốc độ hiện nay ({rate}/giây), khoảng {finish} mới xong.\n"
    "Xem thêm: /quantri"
)
_PAUSED = Markup(
    "⏸ Đang dừng gửi toàn bộ mà có {due} tin nhắn đã đến giờ, tin đợi lâu nhất đã {minutes} phút.\n"
    "Muốn gửi tiếp: /quantri, «Gửi tiếp»."
)
_DEAF = Markup(
    "⚠️ Điểm Tin không nhận được tin nhắn mới từ Telegram ({problem}).\n"
    "Xem nhật ký và <code>diemtin health</code>; bản tin vẫn được gửi."
)
_SET_ASIDE = Markup(
    "⚠️ Có {count} tin nhắn từ Telegram mà bot không đọc được, đã để riêng (tất cả {total}); "
    "các tin khác vẫn được trả lời.\n"
    "Lý do có trong nhật ký ở dòng <code>an update cannot be read</code>; nếu còn gặp, hãy nâng cấp diemtin."
)
_UNKNOWN = Markup(
    "⚠️ Thêm {count} lượt gửi chưa rõ đã đến hay chưa: Telegram không trả lời hai lần liền.\n"
    "Điểm Tin không gửi lại, để không ai nhận quá hai bản. Tổng cộng: {total}. Xem thêm: /quantri"
)
_PROGRESS = Markup("📤 <b>{title}</b>: {sent}/{total} đã gửi · {rate}/giây · xong khoảng {finish}")
_PROGRESS_PAUSED = Markup("⏸ <b>{title}</b>: {sent}/{total} đã gửi, đang dừng gửi")
_PROGRESS_DONE = Markup("✓ <b>{title}</b>: đã gửi {sent} tin nhắn, xong lúc {finish}")
OVER = {
    "late": "✓ Các tin nhắn bị trễ đã gửi xong.",
    "paused": "✓ Đã gửi tiếp, không còn tin nhắn nào bị giữ.",
    "deaf": "✓ Điểm Tin lại nhận được tin nhắn từ Telegram.",
}


def late(queue: Queue, rate: float, zone: str) -> Markup:
    """Tell that deliveries are late, or will be."""
    return _LATE.format(
        due=say_number(queue.due),
        minutes=_minutes(queue),
        rate=say_rate(rate),
        finish=_finish(queue, rate, zone),
    )


def paused(queue: Queue) -> Markup:
    """Tell that sending is stopped while deliveries are due."""
    return _PAUSED.format(due=say_number(queue.due), minutes=_minutes(queue))


def deaf(problem: str) -> Markup:
    """Tell that nothing comes in; `problem` is the connection's own word for why."""
    return _DEAF.format(problem=problem)


def more_unknown(count: int, total: int) -> Markup:
    """Tell that `count` more deliveries ended in doubt."""
    return _UNKNOWN.format(count=say_number(count), total=say_number(total))


def more_set_aside(count: int, total: int) -> Markup:
    """Tell that `count` more of Telegram's updates could not be read."""
    return _SET_ASIDE.format(count=say_number(count), total=say_number(total))


def progress(title: str, sent: int, queue: Queue, rate: float, zone: str, *, is_paused: bool) -> Markup:
    """Tell how far a broadcast has come."""
    words = {"title": title, "sent": say_number(sent), "total": say_number(sent + queue.due)}
    if is_paused:
        return _PROGRESS_PAUSED.format(**words)
    return _PROGRESS.format(**words, rate=say_rate(rate), finish=_finish(queue, rate, zone))


def progress_done(title: str, sent: int, at: dt.datetime, zone: str) -> Markup:
    """Tell that a broadcast is through."""
    return _PROGRESS_DONE.format(title=title, sent=say_number(sent), finish=_clock(at, zone))


def say_outcomes(outcomes: Outcomes) -> str:
    """Say what came of deliveries; what did not happen is not said.

    >>> say_outcomes(Outcomes(sent=12, late=0, gone=2, unknown=0, possible_doubles=0, rate=0.0))
    '12 đã gửi, 2 không gửi nữa'
    """
    late = f" ({say_number(outcomes.late)} muộn)" if outcomes.late else ""
    others = (
        (outcomes.gone, "không gửi nữa"),
        (outcomes.unknown, "chưa rõ đã đến hay chưa"),
        (outcomes.possible_doubles, "có thể đến hai lần"),
    )
    told = [f"{say_number(count)} {words}" for count, words in others if count]
    return ", ".join([f"{say_number(outcomes.sent)} đã gửi{late}", *told])


def say_number(number: int) -> str:
    """Write a number as Vietnamese does.

    >>> say_number(10000)
    '10.000'
    """
    return f"{number:,}".replace(",", ".")


def say_rate(rate: float) -> str:
    """Write a rate as Vietnamese does.

    >>> say_rate(27.84)
    '27,8'
    """
    return f"{rate:.1f}".replace(".", ",")


def _minutes(queue: Queue) -> int:
    return int(queue.age.total_seconds() // 60)


def _finish(queue: Queue, rate: float, zone: str) -> str:
    return _clock(queue.finish_at(rate) or queue.at, zone)


def _clock(moment: dt.datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour}:{local:%M}"
