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
        "upgrade": ("database.upgrade_database", "Nâng cơ sở dữ liệu lên lược đồ của phiên bản này."),
        "prune": (
            "database.prune_database",
            "Lần dọn bài cũ tới sẽ xóa bao nhiêu; cho phép hoặc giữ lại lần dọn nhiều hơn thường lệ.",
        ),
        "reindex": (
            "database.reindex",
            "Dựng lại chỉ mục tìm kiếm; bot vẫn chạy, dừng giữa chừng thì lần sau làm tiếp.",
        ),
        "copy": (
            "copying.copy",
            "Chép cả cơ sở dữ liệu sang nơi khác (SQLite, PostgreSQL) và so lại; bot phải dừng.",
        ),
    },
)

_SOURCES = Group(
    "sources",
    "Nguồn tin: từng nguồn ra sao, thêm từ OPML hoặc danh sách có sẵn.",
    {
        "list": ("feeds.list_sources", "Từng nguồn ra sao; gõ diemtin sources cũng vậy."),
        "try": (
            "feeds.try_one",
            "Đọc thử một địa chỉ hoặc một nguồn và giải thích; không cần token, không lưu gì.",
        ),
        "import": ("feeds.import_opml", "Đổi một tệp OPML thành các bảng [[sources]]."),
        "export": ("feeds.export_opml", "In các nguồn mạng đã khai báo thành OPML."),
        "starter": (
            "feeds.starter",
            "In các nguồn RSS của báo Việt Nam theo chủ đề, để chép vào tệp cấu hình.",
        ),
    },
    default="list",
)
_READERS = Group(
    "readers",
    "Người nhận: chuyển đăng ký sang cơ sở dữ liệu khác hoặc bot khác.",
    {
        "export": ("moving_readers.export_readers", "Ghi mọi đăng ký ra một tệp JSONL."),
        "import": (
            "moving_readers.import_readers",
            "Thêm các đăng ký của một tệp; tệp bị cắt thì không thêm ai.",
        ),
    },
)
_INBOX = Group(
    "inbox",
    "Hộp thư: các tệp bị giữ lại vì hỏng.",
    {"retry": ("ingesting.retry", "Đưa các tệp bị giữ về hộp thư để đọc lại.")},
)

app = Group(
    "diemtin",
    "Điểm Tin: đọc báo giúp bạn, gửi bản tin tiếng Việt qua Telegram.",
    {
        "demo": ("demo.demo", "Chạy thử tất cả, không cần token: máy chủ giả lập, bài mẫu, bot thật."),
        "run": ("running.run_bot", "Chạy bot: nhận bài, soạn số, gửi bản tin và trả lời câu hỏi."),
        "init": ("newsroom_file.init", "Ghi một tệp cấu hình mẫu có chú thích."),
        "check": ("newsroom_file.check", "Xem tệp cấu hình sai ở đâu, bản tin nào phát khi nào."),
        "schedule": ("newsroom_file.schedule", "Liệt kê các số sắp phát và số người nhận."),
        "ingest": (
            "ingesting.ingest",
            "Nhận bài từ tệp và thư mục: văn bản, JSON, bảng CSV, RSS/Atom, trang HTML.",
        ),
        "reprocess": (
            "text_workers.reprocess",
            "Tóm tắt và phân loại lại mọi bài đã lưu; dừng giữa chừng thì lần sau làm tiếp.",
        ),
        "sources": _SOURCES,
        "inbox": _INBOX,
        "reader": (
            "sent_digests.reader",
            "Một người nhận: đã chọn gì, số tới bao giờ đến, đã nhận gì và vì sao không nhận.",
        ),
        "readers": _READERS,
        "issues": ("sent_digests.issues", "Các số: đến giờ và gửi lúc nào, muộn hay đợi vì sao."),
        "show": ("showing.show", "Xem một bài: chữ đã làm sạch, các bản cũ, tóm tắt kèm vị trí từng câu."),
        "search": ("searching.search", "Tìm bài theo từ khóa, có dấu hay không đều được."),
        "ask": ("searching.ask", "Hỏi bằng vài từ: câu trả lời trích nguyên văn, có dẫn nguồn."),
        "digest": ("showing.digest", "Soạn một bản tin và in ra, không gửi cho ai."),
        "simulate": (
            "showing.simulate_days",
            "Những ngày đã qua: mỗi bản tin lẽ ra đã gửi gì, với cấu hình này hay cấu hình khác.",
        ),
        "summarize": (
            "summarizing.summarize",
            "Tóm tắt bài bằng câu nguyên văn. Văn bản: dòng đầu là tiêu đề.",
        ),
        "stories": ("summarizing.stories", "Gom các bài kể cùng một sự kiện thành chuyện."),
        "correct": ("sent_digests.correct", "Đính chính một tin đã gửi: sửa tin nhắn và báo cho người nhận."),
        "stats": ("database.stats", "Đếm bài, chuyện, người nhận và lượt gửi."),
        "backup": ("database.backup", "Sao lưu cơ sở dữ liệu SQLite, cả khi bot đang chạy."),
        "restore": ("database.restore", "Đưa một bản sao lưu về làm cơ sở dữ liệu; bản cũ được giữ."),
        "health": ("doctoring.health", "Hỏi bot đang chạy có ổn không."),
        "doctor": (
            "doctoring.doctor",
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
