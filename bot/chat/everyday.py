"""What people write to a bot before they know its commands: a greeting, "tin hôm nay", "dừng"."""

import unicodedata

from summarizer.text.syllables import folded

_PHRASES = {
    "tin": (
        "tin|tin tức|tin mới|tin mới nhất|tin nóng|tin hôm nay|tin tức hôm nay|tin trong ngày|tin 24h|hôm nay"
        "|hôm nay có gì|hôm nay có gì mới|hôm nay có tin gì|hôm nay có tin gì mới|có gì mới|có tin gì mới"
        "|có tin mới không|điểm tin|bản tin|bản tin hôm nay"
    ),
    "lich": (
        "đổi giờ|đổi giờ nhận|đổi giờ nhận tin|đổi lịch|giờ nhận|lịch nhận tin|cài đặt|tạm dừng|dừng|dừng lại"
        "|dừng gửi|dừng nhận tin|ngừng gửi|hủy đăng ký|huỷ đăng ký|stop"
    ),
    "trogiup": (
        "chào|chào bạn|chào bot|chào điểm tin|xin chào|hello|hi|alo|help|trợ giúp|giúp|giúp tôi|giúp mình"
        "|hướng dẫn|cách dùng|menu"
    ),
}
_COMMANDS = {phrase: command for command, all_ in _PHRASES.items() for phrase in all_.split("|")}
# One word without its marks may be another: "dung" is a name.
_COMMANDS |= {folded(phrase): command for phrase, command in _COMMANDS.items() if " " in phrase}


def command_meant(text: str) -> str | None:
    """Return the name of the command that the whole of `text` asks for; None where it is a question.

    >>> command_meant("Tin hôm nay?"), command_meant("xin chao"), command_meant("tin bão")
    ('tin', 'trogiup', None)
    """
    return _COMMANDS.get(" ".join(unicodedata.normalize("NFC", text).lower().split()).rstrip(" ?!.…"))
