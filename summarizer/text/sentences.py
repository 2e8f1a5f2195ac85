"""Cut Vietnamese prose into sentences, as places in the text, also where line breaks were lost."""

import re
from collections.abc import Iterator

from summarizer.text.openings import head_end
from summarizer.text.prose import is_syllable

# Capital letters as patterns, which `re` has no class for: one letter, and a name of several words.

UPPER = "A-ZĐÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"  # for use inside brackets
NAME = rf"[{UPPER}](?<!\w.)[^\W\d_]{{1,20}}(?:\s[{UPPER}][^\W\d_]{{1,20}}){{1,4}}"


# Find line breaks that the source has lost: "Bến mới mở cửa Theo chủ bến, khách rất đông."
#
# A subhead, a credit or an author's name is then in one line with the sentence after it. Two signs show the
# place: a capitalised word that opens sentences and is not part of a name, without a full stop before it; or
# the mark of a list's next entry. Between two names the place cannot be found, and the line stays whole.

# These open a line whatever is before them, even a name; most are pairs of words that no name has.
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
# An opening may come after a word, a figure or a closing mark, never after a lone quote.
_AFTER = r"(?:(?<=[\w%)\]”’] )|(?<=\w\" ))"
_BREAK = re.compile(
    rf" (?=[BCĐDHKLMNOỞPSTVX]){_AFTER}"  # most blanks fail at the letter, which is cheap
    rf"(?:(?:{_OPENINGS})(?!\w)|(?P<name_like>{_NAME_LIKE}),?(?= [^\W\d_{UPPER}]))"
    r"| (?=[-–*+•])(?<=[:;] )[-–*+•] (?=[^\W\d_])"
)
_LAST_WORD = re.compile(r"[^\s“\"‘'(\[]*\Z")  # for a few characters: it takes their square
_LONGEST_WORD = 16
_NAMING_WORDS = (
    "ông bà anh chị cô em cháu bé thầy cụ và hoặc hay là khúc bài phim sách cuốn vở trình thi nghị phẩm"
    " truyện thơ đề thuyết án giả kịch hội tập giải nhóm đàm trào tên mang nghĩa của ca công"
)
_NAMING = frozenset(_NAMING_WORDS.split())  # before a name or a title: "ông Nhiều", "ca khúc Nếu xa nhau"


def find_lost_line_breaks(text: str, start: int, end: int) -> list[int]:
    """Return the places of the blanks in `text[start:end]`, one line, that replaced line breaks.

    >>> find_lost_line_breaks("Bến mới mở cửa Theo chủ bến, khách rất đông.", 0, 44)
    [14]
    """
    return [
        found.start()
        for found in _BREAK.finditer(text, start, end)
        if not found["name_like"] or _follows_common_word(text, start, found.start())
    ]


def _follows_common_word(text: str, start: int, end: int) -> bool:
    """Tell whether the word before `end` is lowercase and does not introduce a name."""
    word = _LAST_WORD.search(text, max(start, end - _LONGEST_WORD), end)
    return word is not None and word.group()[:1].islower() and word.group() not in _NAMING


# Cut Vietnamese prose into sentences, as places in the text.
#
# A line break ends a sentence. Otherwise a sentence ends at `.`, `!`, `?` or `…` (with closing quotes or
# brackets) before a blank. It continues after an abbreviation or an initial, and before a lowercase word.
# Lost line breaks are restored, and so is a lost blank between two syllables.
# The head of a lead (`openings.head_end`) is not part of its sentence. `cleaning` decides which lines are
# prose.

LINE = re.compile(r"\S(?:[^\n]*\S)?")  # without the blanks around it
_SHORT_LINE = 300  # characters; a line this short has lost no break
# Possessive, and never failing once it began: a megabyte of dots stays linear.
_STOP = re.compile(r"([.!?…]++)([”\"’'»)\]]*+)(\s*+)")
_LEADING_MARKS = re.compile(r"[“\"‘'«(\[\-–—•*+\s]*")  # what may stand before the first letter of a sentence
_FIRST_WORD = re.compile(r"[^\W\d_]+")

# Abbreviations that are always followed by a word; lowercase, without the last full stop.
_ABBREVIATIONS = (
    "tp t.p tx t.x tt tr q p h x f cn tel đc đ/c vd nxb no vs st dr mr mrs ms prof capt sgt pte ts ths th.s"
    " gs pgs bs ks kts ls pgs.ts pgs-ts gs.ts gs-ts gs.tskh ts.bs ths.bs bs.ths bs.ck1 bs.ck2"
    " bs.cki bs.ckii"
)
_INITIALS = re.compile(r"(?:[^\W\d_a-z]{1,2}[.\-])*[^\W\d_a-z][hgr]?")  # A, N.T, Th, Đ.Tr
_NO_INITIAL = frozenset({"Á", "Ý", "Ô"})  # châu Á, nước Ý
_ABBREVIATED = frozenset(_ABBREVIATIONS.split())
_TITLES = frozenset({"nsưt", "nsnd"})  # before a name, or alone at the end of a sentence
_MEASURED = re.compile(r"\d ?[hpfx]\Z")  # from 8 to 11 h: an hour, not "huyện"
_LIST_NUMBER = re.compile(r"\s*(?:[IVX]+|\d{1,2})")
# After an initial a capital is more often a name ("George W. Bush") than a new sentence, save these words.
_OPENERS = (
    "Ai Anh Bà Báo Bên Bị Bởi Buổi Bước Cả Các Cách Căn Cho Chia Chiếc Chiều Chỉ Chị Chúng Chưa Có"
    " Còn Cô Cũng Cùng Cuối Cuộc Cụ Do Dù Dự Đã Đang Đáng Đặc Đây Để Đến Điều Đó Đối Đồng Được Em Giờ"
    " Hai Hàng Hành Hằng Hiện Hôm Họ Hơn Kể Khi Khoảng Không Lúc Lực Mặc Mặt Mỗi Một Mới Nạn Năm Nay"
    " Này Ngay Ngày Ngoài Người Ngược Nhận Nhiều Nhóm Những Nhưng Như Nếu Nói Nó Ở Ông Phát Phía Phải"
    " Qua Quá Rất Riêng Rồi Sau Sáng Số Sự Tại Tất Thấy Thậm Theo Thế Thời Thực Tiếp Tối Tôi Trả Trao"
    " Trên Trong Trưa Trước Từ Từng Tuy Tức Và Vào Vẫn Vậy Về Vì Việc Với Vụ Xác Xe"
)
_OPENING = frozenset(_OPENERS.split())


def split(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the sentences of `text`, in order, without surrounding blanks.

    >>> text = "TP. HCM mưa 13,5 mm. Bà N.T. Hoa (quận 3) nói: “Lạ quá!” Chiều tạnh…"
    >>> [text[start:end] for start, end in split(text)]
    ['TP. HCM mưa 13,5 mm.', 'Bà N.T. Hoa (quận 3) nói: “Lạ quá!”', 'Chiều tạnh…']
    """
    return list(sentences_of(text))


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of `split` one by one, for callers that need only the first sentences."""
    for line in LINE.finditer(text):
        start, end = line.span()
        for lost in find_lost_line_breaks(text, start, end) if end - start > _SHORT_LINE else ():
            yield from _split_line(text, start, lost)
            start = lost + 1  # the only blank there
        yield from _split_line(text, start, end)


def _split_line(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start = head_end(text, start, end)
    for stop in _STOP.finditer(text, start, end):
        if _ends_sentence(text, start, stop) if stop.group(3) else _is_glued(text, stop, end):
            yield (start, stop.end(2))
            start = head_end(text, stop.end(), end)
    if start < end:
        yield (start, end)


def _is_glued(text: str, stop: re.Match[str], end: int) -> bool:
    """Tell whether a new sentence follows a full stop without the blank: "gần một nửa.Cành ghép được"."""
    after = stop.end()
    if stop.group(1) != "." or after + 1 >= end or not (text[after].isupper() and text[after + 1].islower()):
        return False
    word_start = max(text.rfind(" ", 0, stop.start()), stop.start() - 9) + 1
    word = text[word_start : stop.start()]
    return len(word) > 1 and word.islower() and is_syllable(word)


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    """Judge `stop`, a run of stops and the blanks after it, in the sentence that began at `start`."""
    first = after = stop.end()
    if stop.start() == start and text[after : after + 1] == ".":  # dots without a word, however many
        return not stop.group(1).endswith(("..", "…"))
    if not text[after : after + 1].isalnum():
        first = _LEADING_MARKS.match(text, after).end()  # type: ignore[union-attr] # matches anything
    letter = text[first : first + 1]
    if letter.islower():
        return False
    mark = stop.group(1)
    if mark == "." and not stop.group(2):
        return not _belongs_to_next(text, start, stop.start(), after, first)
    return letter.isupper() or not mark.endswith(("..", "…"))  # "giá… 700.000 đồng" goes on


def _belongs_to_next(text: str, start: int, stop: int, after: int, first: int) -> bool:
    """Tell whether the word before the full stop at `stop` is cut short and the sentence goes on."""
    word_start = max(start, stop - 12)
    word = text[max(word_start, text.rfind(" ", word_start, stop) + 1) : stop]
    if not word.isalnum():
        word = _LAST_WORD.search(word).group() if word else ""  # type: ignore[union-attr] # matches anything
    following = text[first : first + 3]
    if following == "Ltd" or (following == "000" and word[-1:].isdigit()):  # Co. Ltd; 100. 000
        return True
    if not word or len(word) > 8:
        return False
    if word.lower() in _ABBREVIATED:
        return not _MEASURED.search(text, max(start, stop - 4), stop)
    if word[:1].isupper() and word not in _NO_INITIAL and _INITIALS.fullmatch(word):
        return text[after] == "(" or not _opens_sentence(text, first)
    if word.lower() in _TITLES:
        return not _opens_sentence(text, first)
    if text[after] == "(" and len(word) <= 3 and word[:1].isupper():
        return True
    return _LIST_NUMBER.fullmatch(text, start, stop) is not None


def _opens_sentence(text: str, first: int) -> bool:
    word = _FIRST_WORD.match(text, first)
    return word is not None and word.group() in _OPENING
