"""Find line breaks that were lost before a text came here: "Bến mới mở cửa Theo chủ bến, khách rất đông."

A subhead, a credit or an author's name then stands in one line with the sentence after it. What gives the
place away is a word that opens sentences and is no part of a name, written with a capital though nothing
stops before it; or the mark of a list's next entry. Where names stand on both sides nothing can be told, and
the line is left.
"""

import re

from summarizer.text.capitals import UPPER

# Open a line whatever stands before them, a name too; most are pairs of words, which names do not have.
_OPENINGS = (
    r"Theo(?! dõi)|Tại(?! sao)|Với|Trao đổi (?:với|về)|Chia sẻ (?:với|về|tại|thêm)|Xem (?:thêm|video)"
    r"|Trước (?:đó|khi|tình)|Sau (?:khi|đó|hơn|gần|một)|Ngay (?:sau|khi|trước|từ|cả)|Hiện (?:nay|tại)"
    r"|Trong (?:khi|một|cuộc|những|các|lúc|năm|thời|ngày|vụ|buổi|phiên|quá|bối|đó|vòng|tháng|tuần|suốt|vài"
    r"|hai)|Cũng (?:theo|trong|tại|như|có)|Cùng (?:với|ngày)|Khi (?:được|còn|đó)|Dù (?:vậy|đã|không)"
    r"|Về (?:việc|phía)|Tuy (?:nhiên|vậy|thế)|Mặc dù|Mới đây|Vừa qua|Ngoài (?:ra|việc)|Đây là|Đó là|Cụ thể"
    r"|Bên cạnh|Đối với|Liên quan (?:đến|tới|vụ)|Phát biểu (?:tại|trước|trong|với)|Trả lời|Được biết"
    r"|Như vậy|Không chỉ|Nói về|Một (?:trong|số)|Thời (?:điểm|gian (?:qua|gần|tới|này))|Đáng chú ý|Kể từ"
    r"|Vụ việc|Khác với|(?:Ngày|Sáng|Trưa|Chiều|Tối|Đêm|Khoảng)(?= \d)"
)
# May be a name or the end of one ("Đàng Trong", "ông Nhiều"): only between lowercase words.
_NAME_LIKE = (
    "(?:Trong|Ngoài)(?! nước)|Trước|Sau|Ngay|Cũng|Khi|Nhiều|Đến|Để|Vào|Cuối|Đây|Đó|Ở|Từng|Dù|Nói|Nếu|Hôm"
    "|Việc(?! làm)|Hơn|Được"
)
# What an opening may come after: a word, a figure, or what closes there; never a quote that stands alone.
_AFTER = r"(?:(?<=[\w%)\]”’] )|(?<=\w\" ))"
_BREAK = re.compile(
    rf" (?=[BCĐDHKLMNOỞPSTVX]){_AFTER}"  # most blanks fail at the letter, which is cheap
    rf"(?:(?:{_OPENINGS})(?!\w)|(?P<name_like>{_NAME_LIKE}),?(?= [^\W\d_{UPPER}]))"
    r"| (?=[-–*+•])(?<=[:;] )[-–*+•] (?=[^\W\d_])"
)
_WORD = re.compile(r"[^\s“\"‘'(\[]*\Z")
_LONGEST_WORD = 16
_NAMING_WORDS = (
    "ông bà anh chị cô em cháu bé thầy cụ và hoặc hay là khúc bài phim sách cuốn vở trình thi nghị phẩm"
    " truyện thơ đề thuyết án giả kịch hội tập giải nhóm đàm trào tên mang nghĩa của ca công"
)
_NAMING = frozenset(_NAMING_WORDS.split())  # before a name or a title: "ông Nhiều", "ca khúc Nếu xa nhau"


def find_lost_line_breaks(text: str, start: int, end: int) -> list[int]:
    """Return the places of the blanks in `text[start:end]`, one line, that were line breaks once.

    >>> find_lost_line_breaks("Bến mới mở cửa Theo chủ bến, khách rất đông.", 0, 44)
    [14]
    """
    return [
        found.start()
        for found in _BREAK.finditer(text, start, end)
        if not found["name_like"] or _follows_common_word(text, start, found.start())
    ]


def _follows_common_word(text: str, start: int, end: int) -> bool:
    """Tell whether the word before `end` is written small and brings in no name."""
    word = _WORD.search(text, max(start, end - _LONGEST_WORD), end)
    return word is not None and word.group()[:1].islower() and word.group() not in _NAMING
