"""Openings that lean on a sentence the reader may not see: "Theo đó", "Ông này", "Tuy nhiên"."""

import re

_CONNECTIVES = (
    "theo đó|ngoài ra|bên cạnh đó|tuy nhiên|tuy vậy|tuy thế|trong khi đó|do đó|do vậy|vì vậy|vì thế"
    "|bởi vậy|bởi thế|sau đó|trước đó|khi đó|lúc đó|từ đó|qua đó|trong đó|đồng thời|cũng theo"
    "|cũng trong|cũng tại|mặt khác|hơn nữa|không những thế|không chỉ vậy|chưa hết|như vậy|cụ thể"
    "|chẳng hạn|ví dụ|nhưng|và|thế nhưng|rồi|vậy|đáng chú ý|ngược lại|thậm chí|kết quả là"
    "|cùng với đó|bên cạnh|riêng|theo vị này|nói về vấn đề này|dưới đây|sau đây|trên đây"
)
# "Còn 20 ngày nữa", "Song Tử Tây", "Song phương": not the conjunctions that they begin like.
_HOW_MANY = (
    r"\d[\d.,]*|hơn|gần|khoảng|chừng|đúng|chưa đầy|ít nhất|nhiều|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười"
)
_SONG = "tử|ngư|ngữ|phương|song|hành|sinh|toàn|hỷ|mã|cầu|joong|hye|kang|heung|ji"
_CONJUNCTIONS = rf"còn(?! (?:{_HOW_MANY})(?!\w))|song(?! (?:{_SONG})(?!\w))"
_POINTED_AT = (
    "điều|việc|vụ|vụ việc|ông|bà|anh|chị|em|cô|người|đối tượng|những người|nhóm|hai|các|số|cơ quan"
    "|đơn vị|công ty|nước|quan chức|bộ phim|chiếc xe|nam|nữ"
)
_PRONOUNS = "anh ta|ông ta|bà ta|cô ta|cô ấy|nó|đây|đó|vụ việc"
# "Những người trên cho biết" points back; "Người trên 60 tuổi" and "Các xe trên cao tốc" do not.
_AFTER_ABOVE = "đã|đang|sẽ|được|bị|là|có|cho|cũng|vẫn|không|gồm|do|thuộc|vừa|chưa|cần|phải"
_ABOVE = rf"(?:nói )?trên(?=[,.;:]| (?:{_AFTER_ABOVE})(?!\w))"
# Said of a named person, place or family the same words lean on nothing: "Ông Trump", "Bà Rịa", "Họ Nguyễn".
_UNLESS_NAMED = "ông|bà|họ"
_OF_NOW = {
    "thời điểm",
    "tuần",
    "tháng",
    "quý",
    "mùa",
    "ngày",
    "tết",
    "thời đại",
}  # "Tuần này": a time of its own
_LONGEST = 80  # characters, more than any opening has
_SOURCE_PREFIX = re.compile(r"[(\[]?[A-ZĐ][\w.]{1,20}(?: [\w.]{1,12}){0,2}[)\]]?\s*[-–—]\s+")
_DANGLING = re.compile(
    rf"\W*(?:(?:{_CONNECTIVES}|{_CONJUNCTIONS}|{_PRONOUNS})(?!\w)"
    rf"|(?:{_POINTED_AT})(?: \w+)? (?:(?:này|đó|ấy|kia)(?!\w)|{_ABOVE}))"
)
_UNNAMED = re.compile(rf"\W*(?:{_UNLESS_NAMED})(?!\w)")
_WORD = re.compile(r"\w+")
_THIS = ("này", "ấy", "kia")
_LONGEST_SUBJECT = 5  # syllables: "Số tiền học bổng này"


def is_dangling(text: str) -> bool:
    """Tell whether the sentence opens with a word that points back to the one before it.

    >>> is_dangling("Theo đó, giá xăng giảm."), is_dangling("Giá xăng giảm.")
    (True, False)
    >>> is_dangling("Ông tuyên bố từ chức."), is_dangling("Ông Trump tuyên bố từ chức.")
    (True, False)
    """
    opening = text[:_LONGEST]
    prefix = _SOURCE_PREFIX.match(opening)
    if prefix is not None:
        opening = opening[prefix.end() :]
    lowered = opening.lower()
    return _DANGLING.match(lowered) is not None or _is_unnamed(opening, lowered) or _points_at_this(opening)


def _is_unnamed(opening: str, lowered: str) -> bool:
    """Tell whether it opens with "Ông", "Bà" or "Họ" and no name."""
    found = _UNNAMED.match(lowered)
    return found is not None and not opening[found.end() :].lstrip()[:1].isupper()


def _points_at_this(opening: str) -> bool:
    """Tell whether the first words are a thing and "này": "Quy định này", but not "Tuần này"."""
    first = re.split(r"[,.:;!?()]", opening.lstrip("\"'“”‘’([«- "), maxsplit=1)[0]
    words = _WORD.findall(first)[: _LONGEST_SUBJECT + 1]
    for number, word in enumerate(words[1:], start=1):
        if word in _THIS:
            return (
                not {words[number - 1].lower(), " ".join(words[max(0, number - 2) : number]).lower()}
                & _OF_NOW
            )
        if word[0].isupper():
            return False
    return False
