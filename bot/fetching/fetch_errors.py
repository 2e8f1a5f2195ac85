"""Why an address gave nothing: a code to decide by, and what an operator reads about it."""

from typing import Literal

Code = Literal[
    "address",
    "private",
    "dns",
    "connection",
    "tls",
    "timeout",
    "too_large",
    "redirects",
    "refused",
    "missing",
    "gone",
    "throttled",
    "server",
    "broken_answer",
    "robots",
    "unreadable",
]

LASTING: frozenset[Code] = frozenset(("address", "private", "gone", "robots"))
"""What no later attempt mends by itself: it is told at once."""

_ADVICE: dict[Code, tuple[str, str]] = {
    "address": ("địa chỉ không dùng được", "sửa địa chỉ trong tệp cấu hình"),
    "private": (
        "địa chỉ dẫn vào mạng nội bộ",
        "nếu đó là máy chủ của bạn, thêm allow_private = true vào nguồn này; "
        "chỉ máy và cổng ghi trong địa chỉ của nguồn được mở",
    ),
    "dns": ("không tìm thấy tên miền", "kiểm tra lại địa chỉ; nếu đúng thì chờ, bot tự thử lại"),
    "connection": ("không kết nối được", "bot tự thử lại; nếu kéo dài, mở thử địa chỉ trên trình duyệt"),
    "tls": ("chứng chỉ HTTPS không hợp lệ", "báo cho bên giữ trang, hoặc tạm bỏ nguồn này"),
    "timeout": ("trả lời quá chậm", "bot tự thử lại; nếu kéo dài, tăng every_minutes hoặc bỏ nguồn này"),
    "too_large": ("trả về quá nhiều dữ liệu", "tìm một địa chỉ RSS gọn hơn của báo này"),
    "redirects": ("chuyển hướng vòng quanh", "mở địa chỉ trên trình duyệt rồi ghi địa chỉ cuối cùng"),
    "refused": ("từ chối cho đọc", "báo này có thể chặn máy đọc tin; hỏi báo, hoặc bỏ nguồn này"),
    "missing": ("không có trang này", "tìm địa chỉ RSS mới của báo rồi sửa tệp cấu hình"),
    "gone": ("địa chỉ đã bị bỏ hẳn", "tìm địa chỉ RSS mới của báo rồi sửa tệp cấu hình"),
    "throttled": ("bảo hãy hỏi thưa hơn", "tăng every_minutes của nguồn này"),
    "server": ("máy chủ của báo đang lỗi", "bot tự thử lại"),
    "broken_answer": ("trả lời dở dang", "bot tự thử lại; nếu kéo dài, bỏ nguồn này"),
    "robots": (
        "tệp robots.txt không cho máy đọc địa chỉ này",
        "tìm địa chỉ RSS khác của báo, hoặc bỏ nguồn này; bot không đọc trái phép",
    ),
    "unreadable": ("nội dung không đọc được", "mở thử địa chỉ; nếu không phải RSS/Atom thì sửa lại"),
}


class FetchError(Exception):
    """An address gave nothing. `detail` is fit for people; `wait_seconds` is what the host asked for."""

    def __init__(self, code: Code, detail: str = "", *, wait_seconds: float | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.wait_seconds = wait_seconds


def said(code: str, detail: str = "") -> str:
    """Say in Vietnamese what happened.

    >>> said("missing", "HTTP 404")
    'không có trang này (HTTP 404)'
    """
    what = next((words[0] for known, words in _ADVICE.items() if known == code), code)
    return f"{what} ({detail})" if detail else what


def advice(code: str) -> str:
    """Say in Vietnamese what an operator can do about it."""
    return next((words[1] for known, words in _ADVICE.items() if known == code), "xem nhật ký của bot")
