"""Notices in the admin chat, and words for logs and the terminal that several modules use.

Notices are escaped HTML and fit into one message, because Telegram refuses a longer one.
"""

import datetime as dt
from collections.abc import Sequence
from html import escape

from bot.messages.markup import one_line, shortened
from bot.news.newsroom import Newsroom
from storage.upkeep.prune import Extent

INGEST = "ingest"  # the name under which refusals of the command are stored

_MOST_PROBLEMS = 10
_MOST_NAMED = 5
_LONGEST_LINE = 350  # UTF-16 units: ten such lines fit into one message


def say_origin(name: str, newsroom: Newsroom) -> str:
    """Say where refused input came from: a source by its title, or the command."""
    source = newsroom.find_source(name)
    return source.title if source else "lệnh ingest" if name == INGEST else name


def two_empty_issues(edition_title: str) -> str:
    return (
        f"⚠️ <b>{escape(edition_title)}</b> hai số liền không có tin nào để gửi.\n"
        "Hãy xem nguồn tin còn hoạt động không: /quantri"
    )


def newsroom_refused(problems: str) -> str:
    """Return the notice that the changed newsroom file is wrong; `problems` has one a line."""
    lines = problems.splitlines()
    shown = "\n".join(_shown(line) for line in lines[:_MOST_PROBLEMS])
    if len(lines) > _MOST_PROBLEMS:
        shown += f"\n… và {len(lines) - _MOST_PROBLEMS} lỗi nữa"
    return (
        f"⚠️ Tệp cấu hình mới có lỗi, bot vẫn dùng cấu hình cũ:\n{shown}\n"
        "Sửa xong, bot tự nhận; muốn thử trước, chạy <code>diemtin check</code>."
    )


def newsroom_taken_over(editions: int, sources: int) -> str:
    return f"✓ Đã nhận cấu hình mới: {editions} bản tin, {sources} nguồn."


def source_unreadable(title: str, path: str) -> str:
    return (
        f"⚠️ Không đọc được nguồn <b>{escape(title)}</b> (<code>{_shown(path)}</code>).\n"
        "Hãy kiểm tra đường dẫn và quyền đọc; các nguồn khác vẫn chạy."
    )


def texts_set_aside(texts: Sequence[tuple[str, str, str]]) -> str:
    """Return the notice of texts that ended the text process: source, title, reason of each."""
    shown = "\n".join(
        f"• {_shown(f'{source}: {title}')} – {escape(reason)}"
        for source, title, reason in texts[:_MOST_NAMED]
    )
    if len(texts) > _MOST_NAMED:
        shown += f"\n… và {len(texts) - _MOST_NAMED} bài nữa"
    return (
        f"⚠️ Đã để riêng {len(texts)} bài làm hỏng bộ xử lý văn bản; các bài khác vẫn chạy:\n{shown}\n"
        "Bài chỉ được thử lại khi nội dung của nó thay đổi. Nếu một nguồn cứ gửi bài như vậy, "
        "hãy bỏ nguồn đó khỏi tệp cấu hình."
    )


def lease_elsewhere(holder: str, role: str = "") -> str:
    """Say in the log that another process works with the same token, or has this role."""
    part = f", phần {role}" if role else ""
    return f"{holder} đang chạy bot với cùng token{part}; chờ đến khi tiến trình đó dừng"


# On the terminal, when the bot ends.
UNAUTHORIZED = (
    "Telegram từ chối token (401). Lấy token mới từ @BotFather, đặt vào DIEMTIN_BOT_TOKEN rồi chạy lại."
)
LEASE_LOST = "Một tiến trình khác đã nhận việc với cùng token (máy này có lúc đứng quá lâu); bot dừng ở đây."

# What is wrong with the running bot, as `/healthz`, `diemtin health` and the alerts name it; plain text.
DATABASE_ASKED_AGAIN = "cơ sở dữ liệu không trả lời, bot sẽ hỏi lại; hãy xem DIEMTIN_DATABASE_URL"
UPDATES_NOT_KEPT = (
    "tin nhắn từ Telegram chưa ghi được vào cơ sở dữ liệu nên chưa trả lời; hãy xem nhật ký và ổ đĩa"
)
NOT_SENDING = "phần gửi tin của bot đã dừng; hãy xem nhật ký rồi chạy lại bot"
UPDATES_STUCK = (
    "tin nhắn của bạn đọc đã nhận mà hai phút không xử lý được tin nào; hãy xem nhật ký rồi chạy lại bot"
)
ARTICLES_STUCK = (
    "bài mới đã nhận mà mười phút không xử lý được bài nào, nên bản tin có thể thiếu tin; "
    "hãy xem nhật ký rồi chạy lại bot"
)
LEASE_TAKEN = "một tiến trình khác đang chạy bot với cùng token; bot này đợi đến khi tiến trình đó dừng"
NOT_POLLING = "bot chưa hỏi tin từ Telegram; nếu sau một phút vẫn vậy, hãy xem nhật ký rồi chạy lại bot"
NOT_LISTENING = "bot chưa mở cổng webhook; nếu sau một phút vẫn vậy, hãy xem nhật ký rồi chạy lại bot"
POLLER_RESTARTED = (
    "việc nhận tin từ Telegram vừa tự dừng và đã chạy lại; nếu lặp lại, hãy xem nhật ký rồi nâng cấp diemtin"
)
OTHER_POLLER = (
    "một tiến trình khác đang nhận tin với cùng token (409); nếu nó dùng cơ sở dữ liệu khác, hai bên "
    "không thấy nhau và người đọc có thể nhận tin hai lần; hãy tắt bớt, chỉ để một bot chạy"
)
TELEGRAM_SILENT = "Telegram không trả lời; hãy xem mạng của máy này"

# Why the Bot API could not be reached: the cause and the next step.
DNS = ("không phân giải được tên miền", "hãy xem DNS và mạng của máy này")
PROXY = ("proxy không nối được", "hãy xem HTTPS_PROXY và proxy của máy này")
TLS = ("chứng chỉ TLS không dùng được", "hãy xem giờ của máy này và proxy đứng giữa")
REFUSED = ("từ chối kết nối", "hãy xem DIEMTIN_API_BASE_URL và máy chủ Bot API có đang chạy không")
TIMEOUT = ("quá hạn chờ", "hãy xem mạng và tường lửa của máy này")
CUT = ("kết nối bị ngắt", "hãy xem mạng và tường lửa của máy này")


def telegram_unreachable(host: str, cause: str, step: str) -> str:
    return f"Telegram không trả lời ({host}: {cause}); {step}"


CLOCK_RIGHT_AGAIN = "✓ Đồng hồ máy đã đúng; bot lại nhận bài và soạn số như thường."
_CLOCK_HELD = (
    "Bot tạm không nhận bài, không soạn số và không xóa gì. "
    "Hãy chỉnh giờ máy (timedatectl set-ntp true); giờ đúng thì bot tự chạy tiếp."
)


def clock_wrong(now: dt.datetime, telegram: dt.datetime) -> str:
    return (
        f"đồng hồ máy sai: máy ghi {_moment(now)}, Telegram ghi {_moment(telegram)} (giờ UTC). {_CLOCK_HELD}"
    )


def clock_unlike_rows(now: dt.datetime, newest: dt.datetime) -> str:
    """Say that the clock is behind the newest row, or further ahead of it than a downtime explains."""
    fault = "sai" if now > newest else "chạy lùi"
    return (
        f"đồng hồ máy có lẽ {fault}: máy ghi {_moment(now)}, dữ liệu mới nhất từ {_moment(newest)} "
        f"(giờ UTC), chưa hỏi được giờ của Telegram. {_CLOCK_HELD}"
    )


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%H:%M ngày %d/%m/%Y}"


def prune_held(extent: Extent) -> str:
    """Return the notice that the nightly clean-up would delete more than usual, and how to allow it."""
    return (
        f"⚠️ Lần dọn đêm nay sẽ xóa {extent.articles}/{extent.all_articles} bài và "
        f"{extent.deliveries}/{extent.all_deliveries} lượt gửi, nhiều hơn thường lệ, nên bot chưa dọn.\n"
        "Hãy xem giờ máy và keep_days. Nếu đúng ý, chạy <code>diemtin db prune --allow</code>; "
        "đổi ý thì <code>diemtin db prune --hold</code>."
    )


def database_awaited(place: str) -> str:
    """Say that the bot cannot begin before its database answers."""
    return (
        f"bot đang đợi cơ sở dữ liệu {place}; nếu lâu, hãy xem DIEMTIN_DATABASE_URL và máy chủ cơ sở dữ liệu"
    )


def database_silent(place: str) -> str:
    return f"cơ sở dữ liệu {place} không trả lời; hãy xem DIEMTIN_DATABASE_URL và máy chủ cơ sở dữ liệu"


def database_unwritable(place: str) -> str:
    return f"không ghi được vào cơ sở dữ liệu {place}; hãy xem ổ đĩa có đầy, có lỗi hay chỉ cho đọc không"


def disk_full(folder: str) -> str:
    return f"ổ đĩa chứa {folder} gần như đã đầy; hãy dọn bớt hoặc thêm chỗ, bot tự chạy tiếp khi có chỗ"


def tick_late(name: str, minutes: int) -> str:
    """Say that a recurring job has not succeeded within its time."""
    return f"việc định kỳ “{name}” đã quá {minutes} phút chưa chạy xong; hãy xem nhật ký ở dòng job={name}"


def health_port_taken(host: str, port: int) -> str:
    """Say that another program uses the port of this bot's health check."""
    return (
        f"cổng {host}:{port} đã có chương trình khác dùng nên không hỏi được tình trạng của bot này; "
        "hãy đặt cổng khác trong [health] rồi chạy lại bot"
    )


def other_bots_health(answering: str) -> str:
    """Say on the terminal that another bot answers at the health port."""
    return (
        f"trả lời ở cổng này là một bot khác ({answering}), không phải bot của cấu hình này; "
        "hãy đặt cổng khác trong [health] rồi chạy lại bot"
    )


def unhealthy(problem: str) -> str:
    return f"⚠️ Điểm Tin có sự cố: {escape(problem)}."


def healthy_again(problem: str) -> str:
    return f"✓ Đã hết sự cố: {escape(problem)}."


def webhook_failing(waiting: int, reason: str) -> str:
    """Say that Telegram cannot call the webhook; `reason` is Telegram's own."""
    return (
        f"Telegram không gọi được webhook, {waiting} tin nhắn đang đợi; "
        f"hãy xem địa chỉ, chứng chỉ và tường lửa. Telegram báo: {reason}"
    )


def schema_upgraded(before: str, after: str, backup: str | None) -> str:
    kept = f"; bản sao lưu: {backup}" if backup else ""
    return f"Đã nâng cấp cơ sở dữ liệu từ {before} lên {after}{kept}"


def _shown(text: str) -> str:
    return escape(shortened(one_line(text), _LONGEST_LINE))
