"""The command line `diemtin`: the table of its commands, with their help.

A command's module in `bot.commands` is imported only when the command runs, so `diemtin check` does not wait
for the Telegram library.
"""

import sys
from io import TextIOWrapper

from bot.commands.terminal import Group

_DATABASE = Group(
    "db",
    "Chăm sóc cơ sở dữ liệu.",
    {
        "upgrade": (
            "bot.commands.database.upgrade_database",
            "Nâng cơ sở dữ liệu lên lược đồ của phiên bản này.",
        ),
        "prune": (
            "bot.commands.database.prune_database",
            "Lần dọn bài cũ tới sẽ xóa bao nhiêu; cho phép hoặc giữ lại lần dọn nhiều hơn thường lệ.",
        ),
        "reindex": (
            "bot.commands.database.reindex",
            "Dựng lại chỉ mục tìm kiếm; bot vẫn chạy, dừng giữa chừng thì lần sau làm tiếp.",
        ),
        "copy": (
            "bot.commands.copying.copy",
            "Chép cả cơ sở dữ liệu sang nơi khác (SQLite, PostgreSQL) và so lại; bot phải dừng.",
        ),
    },
)

_SOURCES = Group(
    "sources",
    "Nguồn tin: từng nguồn ra sao, thêm từ OPML hoặc danh sách có sẵn.",
    {
        "list": ("bot.commands.feeds.list_sources", "Từng nguồn ra sao; gõ diemtin sources cũng vậy."),
        "try": (
            "bot.commands.feeds.try_one",
            "Đọc thử một địa chỉ hoặc một nguồn và giải thích; không cần token, không lưu gì.",
        ),
        "import": ("bot.commands.feeds.import_opml", "Đổi một tệp OPML thành các bảng [[sources]]."),
        "export": ("bot.commands.feeds.export_opml", "In các nguồn mạng đã khai báo thành OPML."),
        "starter": (
            "bot.commands.feeds.starter",
            "In các nguồn RSS của báo Việt Nam theo chủ đề, để chép vào tệp cấu hình.",
        ),
    },
    default="list",
)
_READERS = Group(
    "readers",
    "Người nhận: chuyển đăng ký sang cơ sở dữ liệu khác hoặc bot khác.",
    {
        "export": ("bot.commands.moving_readers.export_readers", "Ghi mọi đăng ký ra một tệp JSONL."),
        "import": (
            "bot.commands.moving_readers.import_readers",
            "Thêm các đăng ký của một tệp; tệp bị cắt thì không thêm ai.",
        ),
    },
)
_INBOX = Group(
    "inbox",
    "Hộp thư: các tệp bị giữ lại vì hỏng.",
    {"retry": ("bot.commands.ingesting.retry", "Đưa các tệp bị giữ về hộp thư để đọc lại.")},
)

app = Group(
    "diemtin",
    "Điểm Tin: đọc báo giúp bạn, gửi bản tin tiếng Việt qua Telegram.",
    {
        "demo": (
            "bot.commands.demo.demo",
            "Chạy thử tất cả, không cần token: máy chủ giả lập, bài mẫu, bot thật.",
        ),
        "run": (
            "bot.commands.running.run_bot",
            "Chạy bot: nhận bài, soạn số, gửi bản tin và trả lời câu hỏi.",
        ),
        "init": ("bot.commands.newsroom_file.init", "Ghi một tệp cấu hình mẫu có chú thích."),
        "check": (
            "bot.commands.newsroom_file.check",
            "Xem tệp cấu hình sai ở đâu, bản tin nào phát khi nào.",
        ),
        "schedule": ("bot.commands.newsroom_file.schedule", "Liệt kê các số sắp phát và số người nhận."),
        "ingest": (
            "bot.commands.ingesting.ingest",
            "Nhận bài từ tệp và thư mục: văn bản, JSON, bảng CSV, RSS/Atom, trang HTML.",
        ),
        "reprocess": (
            "bot.commands.text_workers.reprocess",
            "Tóm tắt và phân loại lại mọi bài đã lưu; dừng giữa chừng thì lần sau làm tiếp.",
        ),
        "sources": _SOURCES,
        "inbox": _INBOX,
        "reader": (
            "bot.commands.sent_digests.reader",
            "Một người nhận: đã chọn gì, số tới bao giờ đến, đã nhận gì và vì sao không nhận.",
        ),
        "readers": _READERS,
        "issues": (
            "bot.commands.sent_digests.issues",
            "Các số: đến giờ và gửi lúc nào, muộn hay đợi vì sao.",
        ),
        "show": (
            "bot.commands.showing.show",
            "Xem một bài: chữ đã làm sạch, các bản cũ, tóm tắt kèm vị trí từng câu.",
        ),
        "search": ("bot.commands.searching.search", "Tìm bài theo từ khóa, có dấu hay không đều được."),
        "ask": ("bot.commands.searching.ask", "Hỏi bằng vài từ: câu trả lời trích nguyên văn, có dẫn nguồn."),
        "digest": ("bot.commands.showing.digest", "Soạn một bản tin và in ra, không gửi cho ai."),
        "simulate": (
            "bot.commands.showing.simulate_days",
            "Những ngày đã qua: mỗi bản tin lẽ ra đã gửi gì, với cấu hình này hay cấu hình khác.",
        ),
        "summarize": (
            "bot.commands.summarizing.summarize",
            "Tóm tắt bài bằng câu nguyên văn. Văn bản: dòng đầu là tiêu đề.",
        ),
        "stories": ("bot.commands.summarizing.stories", "Gom các bài kể cùng một sự kiện thành chuyện."),
        "correct": (
            "bot.commands.sent_digests.correct",
            "Đính chính một tin đã gửi: sửa tin nhắn và báo cho người nhận.",
        ),
        "stats": ("bot.commands.database.stats", "Đếm bài, chuyện, người nhận và lượt gửi."),
        "backup": ("bot.commands.database.backup", "Sao lưu cơ sở dữ liệu SQLite, cả khi bot đang chạy."),
        "restore": (
            "bot.commands.database.restore",
            "Đưa một bản sao lưu về làm cơ sở dữ liệu; bản cũ được giữ.",
        ),
        "health": ("bot.commands.doctoring.health", "Hỏi bot đang chạy có ổn không."),
        "doctor": (
            "bot.commands.doctoring.doctor",
            "Xem bản cài này có gì chưa ổn; --online thử cả Telegram, đĩa, quyền, cổng, nguồn.",
        ),
        "db": _DATABASE,
    },
)


def main() -> None:
    """Run the command line in UTF-8, whatever the terminal's locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(prog_name="diemtin")
