"""Messages to operators about delivery: risks, their end, and the progress of a broadcast.

HTML, escaped, each well within one message.
"""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.messages.markup import one_line, shortened
from bot.messages.spoken import say_number
from storage.delivery.corrections import ChangedHeadline
from storage.delivery.refusals import Holds, LatestDeliveries
from storage.upkeep.stats import Outcomes, Queue

_LONGEST_HEADLINE = 200  # UTF-16 units: fits into a correction, and four notices into one message
REFUSED_OVER = "✓ Số mới của bản tin đã gửi được bình thường."
OVER = {
    "limited": "✓ Telegram lại nhận tin nhắn của bot.",
    "late": "✓ Các tin nhắn bị trễ đã gửi xong.",
    "paused": "✓ Đã gửi tiếp, không còn tin nhắn nào bị giữ.",
    "deaf": "✓ Điểm Tin lại nhận được tin nhắn từ Telegram.",
}


def late(queue: Queue, rate: float, zone: str) -> Markup:
    """Return the notice that deliveries are late, or will be."""
    return Markup(
        "⚠️ {due} tin nhắn đã đến giờ mà chưa gửi; tin đợi lâu nhất đã {minutes} phút. "
        "Với tốc độ hiện nay ({rate}/giây), khoảng {finish} mới xong.\n"
        "Xem thêm: /quantri"
    ).format(
        due=say_number(queue.due),
        minutes=_minutes(queue),
        rate=say_rate(rate),
        finish=_finish(queue, rate, zone),
    )


def paused(queue: Queue) -> Markup:
    """Return the notice that sending is stopped while deliveries are due."""
    return Markup(
        "⏸ Đang dừng gửi toàn bộ mà có {due} tin nhắn đã đến giờ, tin đợi lâu nhất đã {minutes} phút.\n"
        "Muốn gửi tiếp: /quantri, «Gửi tiếp»."
    ).format(due=say_number(queue.due), minutes=_minutes(queue))


def deaf(problem: str) -> Markup:
    """Return the notice that no updates arrive; `problem` is the reason."""
    return Markup(
        "⚠️ Điểm Tin không nhận được tin nhắn mới từ Telegram ({problem}).\n"
        "Xem nhật ký và <code>diemtin health</code>; bản tin vẫn được gửi."
    ).format(problem=problem)


def limited(until: dt.datetime, zone: str) -> Markup:
    """Return the notice that Telegram refuses messages to everybody."""
    return Markup(
        "⚠️ Telegram không nhận thêm tin nhắn nào của bot (Too Many Requests). Bot nghỉ đến {until} rồi gửi "
        "thử một tin; được thì tự gửi tiếp, bạn không phải làm gì. Xem thêm: /quantri"
    ).format(until=_clock(until, zone))


def long_wait(holds: Holds, zone: str) -> Markup:
    """Return the notice that Telegram makes chats wait for long."""
    return Markup(
        "⏳ Telegram bắt {count} cuộc trò chuyện đợi lâu, lâu nhất đến {until}. Tin của họ được giữ lại và "
        "tự gửi khi hết hạn; người khác vẫn nhận như thường."
    ).format(count=say_number(holds.chats), until=_moment(holds.last_until, zone))


def refused(copies: LatestDeliveries, title: str, zone: str) -> Markup:
    """Return the notice that many or all copies of an issue were refused."""
    return Markup(
        "⚠️ <b>{title}</b> số {slot}: {gone} trên {done} tin nhắn không gửi được. "
        "Telegram báo: <i>{reason}</i>\n"
        "Xem nhật ký và số này trong /quantri; sửa xong nguyên nhân, dùng «Gửi ngay»."
    ).format(
        title=title,
        slot=_moment(copies.slot_at, zone),
        gone=say_number(copies.gone),
        done=say_number(copies.gone + copies.reached),
        reason=copies.reason,
    )


def rights_lost(title: str, reason: str) -> Markup:
    """Return the notice for admins that the bot may no longer write in a group or channel."""
    return Markup(
        "⚠️ Bot không còn quyền đăng trong <b>{title}</b> nên đã ngừng gửi ở đó. "
        "Telegram báo: <i>{reason}</i>\n"
        "Hãy nhờ quản trị viên nơi đó cấp lại quyền đăng tin cho bot; có quyền, bot tự gửi tiếp."
    ).format(title=title, reason=reason)


def rights_lost_to_owner(title: str) -> Markup:
    """Return the same for the administrator of that group or channel."""
    return Markup(
        "Điểm Tin không còn quyền đăng trong <b>{title}</b> nên đã ngừng gửi bản tin ở đó. "
        "Bạn cấp lại quyền đăng tin cho bot là bản tin tự gửi tiếp nhé; nếu chưa thấy, gửi /start ở đó."
    ).format(title=title)


def say_troubles(
    queue: Queue, refused: Sequence[tuple[str, LatestDeliveries]], lost: int, zone: str
) -> list[str]:
    """Say in plain lines why messages do not reach readers now; `refused` are issues with their titles."""
    lines = []
    if queue.limited_until is not None:
        until = _moment(queue.limited_until, zone)
        lines.append(f"Telegram không nhận thêm tin nhắn của bot; bot gửi thử lại lúc {until}.")
    if queue.holds.chats:
        until = _moment(queue.holds.last_until, zone)
        lines.append(
            f"Telegram bắt {say_number(queue.holds.chats)} cuộc trò chuyện đợi, lâu nhất đến {until}."
        )
    for title, copies in refused:
        done = say_number(copies.gone + copies.reached)
        lines.append(
            f"{title}: {say_number(copies.gone)} trên {done} tin nhắn không gửi được ({copies.reason})."
        )
    if lost:
        lines.append(f"Bot mất quyền đăng tin ở {say_number(lost)} nhóm hoặc kênh trong 7 ngày qua.")
    return lines


def more_unknown(count: int, total: int) -> Markup:
    """Return the notice that `count` more deliveries ended as unknown."""
    return Markup(
        "⚠️ Thêm {count} lượt gửi chưa rõ đã đến hay chưa: Telegram không trả lời hai lần liền.\n"
        "Điểm Tin không gửi lại, để không ai nhận quá hai bản. Tổng cộng: {total}. Xem thêm: /quantri"
    ).format(count=say_number(count), total=say_number(total))


def more_set_aside(count: int, total: int) -> Markup:
    """Return the notice that `count` more updates of Telegram could not be read."""
    return Markup(
        "⚠️ Có {count} tin nhắn từ Telegram mà bot không đọc được, hoặc làm bot dừng đột ngột mấy lần liền, "
        "đã để riêng (tất cả {total}); các tin khác vẫn được trả lời.\n"
        "Lý do có trong nhật ký ở dòng có <code>is set aside</code>; nếu còn gặp, hãy nâng cấp diemtin."
    ).format(count=say_number(count), total=say_number(total))


def more_passed_over(count: int, total: int) -> Markup:
    """Return the notice that `count` more updates were skipped because their sender sent too many."""
    return Markup(
        "⚠️ Có người gửi tin nhắn dồn dập: bot bỏ qua {count} tin đang xếp hàng của họ "
        "(tất cả {total} trong 2 ngày). "
        "Các cuộc trò chuyện khác vẫn được trả lời như thường; bạn không cần làm gì."
    ).format(count=say_number(count), total=say_number(total))


def headline_changed(change: ChangedHeadline, source: str, readers: int) -> Markup:
    """Return the notice that a paper changed a headline that was sent, and how to correct it."""
    old, new = (shortened(one_line(text), _LONGEST_HEADLINE) for text in (change.old, change.new))
    return Markup(
        "ℹ️ <b>{source}</b> đã đổi tiêu đề một tin đã gửi cho {readers} người.\n"
        "Đã gửi: «{old}»\n"
        "Nay là: «{new}»\n"
        "Câu hỏi của bạn đọc không còn gặp tiêu đề cũ. Nếu cần đính chính, chép dòng này và sửa theo ý bạn:\n"
        "<code>/dinhchinh {story} Báo đã sửa tiêu đề thành: {new}</code>"
    ).format(
        source=shortened(one_line(source), 60),
        readers=say_number(readers),
        old=old,
        new=new,
        story=change.story_id,
    )


def progress(title: str, sent: int, queue: Queue, rate: float, zone: str, *, is_paused: bool) -> Markup:
    words = {"title": title, "sent": say_number(sent), "total": say_number(sent + queue.due)}
    if is_paused:
        return Markup("⏸ <b>{title}</b>: {sent}/{total} đã gửi, đang dừng gửi").format(**words)
    return Markup("📤 <b>{title}</b>: {sent}/{total} đã gửi · {rate}/giây · xong khoảng {finish}").format(
        **words, rate=say_rate(rate), finish=_finish(queue, rate, zone)
    )


def progress_done(title: str, sent: int, at: dt.datetime, zone: str) -> Markup:
    return Markup("✓ <b>{title}</b>: đã gửi {sent} tin nhắn, xong lúc {finish}").format(
        title=title, sent=say_number(sent), finish=_clock(at, zone)
    )


def say_outcomes(outcomes: Outcomes) -> str:
    """Say the outcomes of deliveries, without zero counts.

    >>> say_outcomes(Outcomes(sent=12, late=0, gone=2, unknown=0, possible_doubles=0, rate=0.0))
    '12 đã gửi, 2 không gửi nữa'
    """
    late = f" ({say_number(outcomes.late)} muộn)" if outcomes.late else ""
    others = (
        (outcomes.gone, "không gửi nữa"),
        (outcomes.unknown, "chưa rõ đã đến hay chưa"),
        (outcomes.possible_doubles, "có thể đến hai lần"),
    )
    shown = [f"{say_number(count)} {words}" for count, words in others if count]
    return ", ".join([f"{say_number(outcomes.sent)} đã gửi{late}", *shown])


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


def _moment(moment: dt.datetime | None, zone: str) -> str:
    """Write a moment with its day, because a wait may end tomorrow."""
    if moment is None:
        return "—"
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour}:{local:%M} ngày {local.day}/{local.month}"
