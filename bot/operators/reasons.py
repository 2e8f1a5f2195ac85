"""Reasons why a reader got a message, gets it later, or did not get it. Pure; no other module decides this.

The command line and the console show a reason's words; its code is for programs.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.messages.spoken import say_at, say_length
from bot.news.newsroom import Edition
from bot.times.schedule import TOO_LATE, QuietHours
from storage.delivery.gates import Gate, GateAnswer
from storage.delivery.history import BlankIssue, PastDelivery, SentIssue
from storage.delivery.refusals import LEFT, NO_RIGHTS, REFUSED, telegram_words
from storage.delivery.states import DeliveryStatus, IssueStatus
from storage.reader_data import MOVED
from storage.subscribers import Subscriber
from storage.upkeep.stats import LATE

_ON_TIME = dt.timedelta(minutes=5)  # an issue made within this time is on time
_MINUTE = dt.timedelta(minutes=1)


class Why(StrEnum):
    ON_TIME = "on_time"
    SENT_LATE = "sent_late"
    MADE_LATE = "made_late"  # after a stop
    QUIET = "quiet_hours"
    STOPPED = "sending_stopped"
    LIMITED = "telegram_limit"
    HELD = "too_many_requests"
    RETRY = "retry"
    IN_TURN = "in_turn"
    IN_FLIGHT = "in_flight"
    BLOCKED = "blocked"
    NO_RIGHTS = "no_rights"
    REFUSED = "refused"
    RETRACTED = "retracted"
    PAUSED = "paused"
    EDITION_PAUSED = "edition_paused"
    CALLED_OFF = "called_off"
    MOVED = "moved"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"
    EMPTY = "empty"
    GATE = "gate"  # an operator's approval is awaited, or came late
    # About one article:
    ARTICLE_REFUSED = "article_refused"
    NO_SOURCE = "no_source"
    NOT_POLLED = "not_polled"
    SOURCE_BROKEN = "source_broken"
    SOURCE_SILENT = "source_silent"
    NOT_SEEN = "not_seen"
    NOT_PROCESSED = "not_processed"
    TOO_OLD = "too_old"
    COMES_NEXT = "comes_next"
    DROPPED = "dropped"
    MUTED = "muted"
    SHOWN = "shown"
    FOLDED = "folded"
    GATE_DROPPED = "gate_dropped"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: its code, and one or two clauses in Vietnamese."""

    code: Why
    words: str


@dataclass(frozen=True, slots=True)
class SendingHolds:
    """Holds of all sending: an operator's stop and its start; Telegram's limit and its end."""

    stopped_since: dt.datetime | None = None
    limited_until: dt.datetime | None = None


def why_delivery(
    one: PastDelivery,
    quiet: QuietHours,
    held_until: dt.datetime | None,
    sending: SendingHolds,
    *,
    zone: str,
    now: dt.datetime,
) -> Reason:
    """Explain the status of a delivery. `held_until`: Telegram makes this chat wait."""
    match one.status:
        case DeliveryStatus.SENT:
            return _why_sent(one, quiet, zone, now)
        case DeliveryStatus.PENDING:
            return _why_waiting(one, held_until, sending, zone, now)
        case DeliveryStatus.SENDING:
            return Reason(Why.IN_FLIGHT, "đang gửi, chờ Telegram trả lời")
        case DeliveryStatus.UNKNOWN:
            words = f"không rõ đã đến hay chưa, không gửi lại ({one.reason or 'bị ngắt giữa chừng'})"
            return Reason(Why.IN_DOUBT, words)
        case _:
            return _why_gone(one.reason or "")


def _why_sent(one: PastDelivery, quiet: QuietHours, zone: str, now: dt.datetime) -> Reason:
    sent = f"đã gửi lúc {say_at(one.changed_at, zone, now)}"
    delays = list(_delays(one, quiet, zone))
    if not delays:
        return Reason(Why.ON_TIME, sent)
    return Reason(delays[0].code, f"{sent}: {'; '.join(reason.words for reason in delays)}")


def _delays(one: PastDelivery, quiet: QuietHours, zone: str) -> Iterator[Reason]:
    """Yield the reasons why a sent delivery was later than its slot, the most important first."""
    made_at = one.made_at
    if one.slot_at is not None and (late := made_at - one.slot_at) > _ON_TIME:
        words = f"số soạn muộn {say_length(late)}, lúc đến giờ bot không chạy hoặc đang bận"
        yield Reason(Why.MADE_LATE, words)
    if one.slot_at is not None and one.approved_at is not None:  # it was made before its slot
        if (late := one.approved_at - max(one.slot_at, made_at)) > _ON_TIME:
            yield Reason(Why.GATE, f"đợi người quản trị duyệt {say_length(late)}")
        made_at = max(made_at, one.slot_at, one.approved_at)
    if (rest := one.not_before - made_at) > _MINUTE:
        if quiet.covers(made_at, zone):
            yield Reason(Why.QUIET, f"đợi {say_length(rest)} cho hết giờ yên tĩnh")
        else:
            yield Reason(Why.RETRY, f"hoãn {say_length(rest)}, Telegram hoặc mạng từ chối lần trước")
    if (late := one.changed_at - one.not_before) > LATE:
        yield Reason(Why.SENT_LATE, f"đến lượt muộn {say_length(late)}, việc gửi bị dừng hoặc quá đông")


def _why_waiting(
    one: PastDelivery, held_until: dt.datetime | None, sending: SendingHolds, zone: str, now: dt.datetime
) -> Reason:
    if one.not_before > now:
        return Reason(Why.QUIET, f"đợi hết giờ yên tĩnh, gửi lúc {say_at(one.not_before, zone, now)}")
    if held := why_held(held_until, sending, zone=zone, now=now):
        return held
    if one.tries or one.reason:
        return Reason(Why.RETRY, f"chờ thử lại ({one.reason or 'lần trước bị ngắt giữa chừng'})")
    return Reason(Why.IN_TURN, f"đang chờ đến lượt, từ {say_at(one.not_before, zone, now)}")


def why_held(
    held_until: dt.datetime | None, sending: SendingHolds, *, zone: str, now: dt.datetime
) -> Reason | None:
    """Say what holds a due message to a chat, None if nothing does."""
    if sending.stopped_since is not None:
        since = say_at(sending.stopped_since, zone, now)
        return Reason(Why.STOPPED, f"người quản trị đã dừng gửi từ {since}; /quantri, Gửi tiếp")
    if sending.limited_until is not None and sending.limited_until > now:
        until = say_at(sending.limited_until, zone, now)
        return Reason(Why.LIMITED, f"Telegram bảo bot nghỉ (429) đến {until}")
    if held_until is not None and held_until > now:
        return Reason(
            Why.HELD, f"Telegram bắt riêng cuộc trò chuyện này đợi (429) đến {say_at(held_until, zone, now)}"
        )
    return None


def _why_gone(reason: str) -> Reason:
    kind, said = reason.partition(": ")[0], telegram_words(reason)
    known = {
        LEFT: Reason(Why.BLOCKED, f"người nhận đã chặn hoặc rời bot (Telegram: {said})"),
        NO_RIGHTS: Reason(Why.NO_RIGHTS, f"bot không có quyền viết ở đó (Telegram: {said})"),
        REFUSED: Reason(Why.REFUSED, f"Telegram không nhận tin này ({said})"),
        "paused": Reason(Why.PAUSED, "không gửi vì người nhận đã tạm dừng"),
        MOVED: Reason(Why.MOVED, "chuyển từ bot cũ, chờ người nhận mở bot này"),
        "gone": Reason(Why.BLOCKED, "không gửi vì người nhận đã ngừng nhận"),
        IssueStatus.RETRACTED: Reason(Why.RETRACTED, "số đã thu hồi trước khi gửi"),
        "nothing to edit": Reason(Why.CALLED_OFF, "không có tin nào để sửa"),
    }
    return known.get(kind, Reason(Why.CALLED_OFF, f"không gửi nữa ({reason or 'không rõ lý do'})"))


def why_blank(issue: BlankIssue) -> Reason:
    if issue.status == IssueStatus.EMPTY:
        return Reason(Why.EMPTY, "không có tin nào mới trong các chủ đề đã chọn")
    return Reason(Why.SKIPPED, _skipped(issue.reason))


def _skipped(reason: str | None) -> str:
    stopped = ", bot không chạy lúc đến giờ" if reason == TOO_LATE else ""
    return f"bỏ qua, {reason or 'không rõ lý do'}{stopped}"


def why_not_next(subscriber: Subscriber, edition: Edition, *, now: dt.datetime) -> Reason | None:
    """Say why a reader gets no digests at all, None if digests come."""
    zone = edition.schedule.zone
    if subscriber.status == "paused":
        if subscriber.paused_until is None:
            return Reason(
                Why.PAUSED, f"tạm dừng từ {say_at(subscriber.changed_at, zone, now)}, đến khi nhận tiếp"
            )
        return Reason(Why.PAUSED, f"tạm dừng đến {say_at(subscriber.paused_until, zone, now)}")
    if subscriber.status == "gone":
        since = say_at(subscriber.changed_at, zone, now)
        found = _why_gone(subscriber.status_reason or "gone")
        return Reason(found.code, f"{found.words}, từ {since}")
    if edition.is_paused:
        return Reason(Why.EDITION_PAUSED, f"bản tin {edition.title} đang tạm ngừng")
    return None


def next_arrival(
    subscriber: Subscriber,
    edition: Edition,
    *,
    due_at: dt.datetime | None,
    held_until: dt.datetime | None,
    now: dt.datetime,
) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the next slot and the real arrival of its digest; None if none comes.

    A pause with an end, quiet hours and Telegram's wait for this chat count. `due_at` is the profile's next
    slot, if any.
    """
    is_paused = subscriber.status == "paused" and subscriber.paused_until is None
    if edition.is_paused or is_paused or subscriber.status == "gone":
        return None
    schedule, after = edition.schedule, max(now, subscriber.paused_until or now)
    slot = due_at if due_at is not None and subscriber.status == "active" else schedule.next_after(after)
    quiet = QuietHours(subscriber.quiet_start, subscriber.quiet_end)
    return slot, max(quiet.release(max(slot, now), schedule.zone), held_until or slot)


def why_gate(gate: Gate, zone: str, now: dt.datetime) -> Reason | None:
    """Say why a gate holds an issue, None if it is sent at its time."""
    slot = say_at(gate.slot_at, zone, now)
    if gate.answer == GateAnswer.HOLD:
        return Reason(Why.GATE, f"người quản trị {gate.admin} đang giữ lại số {slot}")
    if gate.answer is None and (gate.waits or gate.ends_at > max(now, gate.slot_at)):
        return Reason(Why.GATE, f"số {slot} chờ người quản trị duyệt")
    return None


def why_issue(issue: SentIssue, sending: SendingHolds, *, zone: str, now: dt.datetime) -> Reason:
    """Explain the state of an issue: why it waits, why it was late, or that it was on time."""
    if issue.waiting:
        return _why_issue_waits(issue, sending, zone, now)
    if IssueStatus.PREPARED in issue.statuses:
        return Reason(Why.GATE, "đến giờ nhưng chờ người quản trị duyệt, hoặc đang được giữ lại")
    if issue.statuses <= {IssueStatus.SKIPPED}:
        return Reason(Why.SKIPPED, _skipped(issue.reason))
    if IssueStatus.RETRACTED in issue.statuses:
        return Reason(Why.RETRACTED, "đã thu hồi")
    if IssueStatus.MADE not in issue.statuses:
        return Reason(Why.EMPTY, "không có tin nào mới")
    ready_at = max(issue.slot_at, issue.made_at)
    if issue.approved_at is not None and (late := issue.approved_at - ready_at) > _ON_TIME:
        return Reason(Why.GATE, f"gửi muộn {say_length(late)} vì đợi người quản trị duyệt")
    if (late := issue.made_at - issue.slot_at) > _ON_TIME:
        return Reason(
            Why.MADE_LATE, f"soạn muộn {say_length(late)}, lúc đến giờ bot không chạy hoặc đang bận"
        )
    if (
        issue.first_sent_at is not None
        and (late := issue.first_sent_at - max(issue.made_at, issue.slot_at)) > LATE
    ):
        return Reason(Why.SENT_LATE, f"bắt đầu gửi muộn {say_length(late)}")
    return Reason(Why.ON_TIME, "gửi xong" if issue.sent else "không có ai để gửi")


def _why_issue_waits(issue: SentIssue, sending: SendingHolds, zone: str, now: dt.datetime) -> Reason:
    due = issue.waiting - issue.quiet - issue.held
    parts = [
        f"{count} {words}"
        for count, words in (
            (issue.quiet, "đợi hết giờ yên tĩnh"),
            (issue.held, "đợi vì Telegram (429)"),
            (due, "đã đến lượt"),
        )
        if count
    ]
    held = why_held(None, sending, zone=zone, now=now)
    code = held.code if held else Why.IN_TURN if due else Why.HELD if issue.held else Why.QUIET
    said = [*([held.words] if held else []), f"còn {issue.waiting} lượt: {', '.join(parts)}"]
    return Reason(code, "; ".join(said))
