"""Text around a lead that is not the paper's sentence, and openings that depend on a sentence before."""

import re

from summarizer.text.syllables import syllables

# Text around the sentences of a lead that is not the paper's sentence: heads, footers, cut ends.
#
# Heads ("(Dân trí) - ", "VĨNH PHÚC - ", "Ảnh: AFP ") stay in the text, and quotations begin after them.
# Footers that programs add are removed. A sentence that a feed cut off is never quoted; if the body has it
# whole, that one is quoted.

_UPPER = "A-ZÀ-ÝĂĐĨŨƠƯẠ-Ỹ"
_CAPITALS = rf"[{_UPPER}][{_UPPER}.]{{0,14}}"
_DASH = r"\s?[-–—]{1,2}\s?"
_LONGEST_HEAD = 60
_AGENCIES = (
    r"(?:CTV|AFP|AP|Reuters|TTXVN|VGP|NVCC|BTC|EPA|Getty(?: Images)?|AFC|VFF|VNA|Internet|Facebook|Xinhua"
    r"|Tân Hoa Xã|THX|Bloomberg|Shutterstock|Cắt từ clip|Chụp màn hình)"
)
_CREDIT = r"(?:Nguồn ảnh|Ảnh|Hình|Ảnh minh họa|Ảnh tư liệu|Clip|Video|Đồ họa)\s?:\s?"
_WIRES = r"(?:TTXVN|Vietnam\+|VNA|AFP|Reuters|AP|THX|Tân Hoa Xã|Xinhua|Dân trí|NLĐO|PLO|VTC News)"
_ON_DAY = r"(?:ngày\s)?\d{1,2}(?:[./-]\d{1,2}(?:[./-]\d{4})?|\stháng\s\d{1,2}(?:\snăm\s\d{4})?)"
_BEFORE_SENTENCE = rf"(?=[“\"‘'(]?(?:[{_UPPER}][^\W\d_]|[ỞÔÀÝ]\s|\d))"
# The range Ạ-Ỹ holds capitals and small letters, so a head of capitals is checked again below.
_HEAD = re.compile(
    rf"(?:\([^()\n]{{2,40}}\){_DASH}"  # (Dân trí) -
    rf"|(?:[{_UPPER}][\w.]*\s){{1,4}}\({_WIRES}[^()\n]{{0,20}}\){_DASH}"  # Hà Nội (TTXVN) -
    rf"|(?P<dated>(?:[{_UPPER}][\w.]*\s){{0,3}}[{_UPPER}][\w.]*,\s{_ON_DAY}){_DASH}"  # TP.HCM, ngày 2.8 -
    rf"|[\w-]{{2,20}}\.(?:vn|com|net|org|VN){_DASH}"  # VOV.VN -
    rf"|(?P<capitals>{_CAPITALS}(?:\s{_CAPITALS}){{0,4}})\s?[-–—]{{1,2}}\s"  # SKĐS - · VĨNH PHÚC -
    rf"|(?P<credit>{_CREDIT}{_AGENCIES})[\s.,;-]*"
    rf"){_BEFORE_SENTENCE}"
)
_CREDIT_HEAD = re.compile(rf"\W{{0,3}}{_CREDIT}", re.IGNORECASE)
_APPOSITION = re.compile(r"\s[-–—]\s")
_FEWEST_CAPITALS = 3  # letters of a paper's or a place's name
_APPOSITION_REACH = 80  # characters in which a second dash closes what the first one opened

_FOOTER_WORDS = re.compile(
    r"(?:đã )?(?:xuất hiện|được đăng|được đăng tải) (?:đầu tiên|lần đầu(?: tiên)?)\b"
    r"|\b(?:appeared first|first appeared|was (?:first|originally) (?:published|posted))\b"
    r"|\b(?:est apparu en premier|erschien zuerst|se publicó primero|apareció primero)\b"
    r"|\b(?:apareceu primeiro|proviene da)\b",
    re.IGNORECASE,
)
_FOOTER_STARTS = (
    *("Bài ", "Nội dung ", "Nguồn ", "The post ", "The article ", "This ", "L'article ", "L’article "),
    *("Der Beitrag ", "La entrada ", "O post ", "L'articolo ", "L’articolo "),
)
_READ_ON = re.compile(
    r"(?:(?:Đọc|Xem) (?:tiếp|thêm)(?: bài| tin)?|Xem chi tiết|Read more|Continue reading)\Z", re.IGNORECASE
)
_BEHIND_READ_ON, _BEFORE_READ_ON = " \n.…»›→>])", " \n[(<»›"
_SENTENCE_ENDS = tuple('.!?…"”)]')
_LONGEST_READ_ON = 40
_LONGEST_FOOTER = 900  # characters: the headline stands in it
_LONGEST_FOOTER_END = 250

_ELLIPSIS = re.compile(r"(?:\s?(?:\[|\()(?:…|\.{2,4})(?:\]|\))|\s?…|\s?\.{2,4})\s*\Z")
_BRACKETED = re.compile(r"[\[(](?:…|\.{2,4})[\])]\s*\Z")
_CODE_SIGNS = '="{}<>[]:;'
_FEWEST_CUT_CHARACTERS = 15


def head_end(text: str, start: int, end: int) -> int:
    """Return where the sentence at `start` begins, after a paper's name, a dateline or a photo credit.

    >>> text = "(Dân trí) - Sáng nay trời mưa."
    >>> text[head_end(text, 0, len(text)):]
    'Sáng nay trời mưa.'
    """
    head = text[start : min(end, start + _LONGEST_HEAD + 2)]
    if not ("-" in head or "–" in head or "—" in head or ":" in head):  # most have none, and no head then
        return start
    found = _HEAD.match(head)
    if found is None or found.end() > _LONGEST_HEAD:
        return start
    capitals = found["capitals"]
    if capitals is not None and (len(capitals) < _FEWEST_CAPITALS or capitals != capitals.upper()):
        return start
    if capitals is not None or found["dated"] is not None:
        rest = text[start + found.end() : min(end, start + found.end() + _APPOSITION_REACH)]
        if _APPOSITION.search(rest):
            return start
    return start + found.end()


def opens_with_credit(text: str) -> bool:
    """Tell whether a sentence begins with a photo credit that could not be cut off.

    >>> opens_with_credit("Ảnh: Lê Lâm Nước sông dâng."), opens_with_credit("Ảnh hưởng của bão còn dài.")
    (True, False)
    """
    return _CREDIT_HEAD.match(text[:_LONGEST_HEAD]) is not None


def without_footer(text: str) -> str:
    """Return `text` without the footers that programs add: WordPress's last line, or a link to read on.

    >>> without_footer("Mưa to. The post Mưa to appeared first on Báo Sông.")
    'Mưa to.'
    >>> without_footer("Mưa to. Đọc tiếp »")
    'Mưa to.'
    """
    return _without_link_on(_without_last_line(text))


def _without_link_on(text: str) -> str:
    """Return `text` without "Đọc tiếp »" after its last sentence."""
    tail = text[-_LONGEST_READ_ON:].rstrip(_BEHIND_READ_ON)
    found = _READ_ON.search(tail)
    if found is None:
        return text
    at = max(0, len(text) - _LONGEST_READ_ON) + found.start()
    before = text[:at].rstrip(_BEFORE_READ_ON)
    is_apart = "\n" in text[len(before) : at] or before.endswith(_SENTENCE_ENDS)
    return before if is_apart else text


def _without_last_line(text: str) -> str:
    """Return `text` without "Bài viết … đã xuất hiện đầu tiên …" at its end."""
    tail_at = max(0, len(text) - _LONGEST_FOOTER)
    tail = text[tail_at:]
    found = next(reversed(list(_FOOTER_WORDS.finditer(tail))), None)
    if found is None or len(tail) - found.end() > _LONGEST_FOOTER_END:
        return text
    line = tail.rfind("\n", 0, found.start()) + 1
    starts = [at for word in _FOOTER_STARTS if (at := tail.rfind(word, line, found.start())) >= 0]
    if not starts:
        return text
    at = tail_at + min(starts)
    before = text[:at].rstrip()
    is_apart = not before or (text[at - 1] in "\n " and (before[-1] in '.!?…”"])' or text[at - 1] == "\n"))
    return before if is_apart else text


def is_cut(text: str, field: str) -> bool:
    """Tell whether a sentence at the end of its field was cut off by the feed.

    Only leads are cut with bare dots; a body may end in dots of its own.

    >>> is_cut("Nước sông lên nhanh, hơn 700 hộ […]", "body"), is_cut("Anh chỉ im lặng...", "body")
    (True, False)
    """
    tail = text[-12:]
    return bool(_BRACKETED.search(tail) or (field == "sapo" and _ELLIPSIS.search(tail)))


def complete(lead: str, body: str) -> str:
    """Return a cut lead with its last sentence completed from the body, if the body has it.

    A cut lead that only repeats the beginning of the body is dropped.

    >>> complete("Trời mưa to ở miền Trung, nhiều nơi ng…", "Tin. Trời mưa to ở miền Trung, nhiều nơi ngập.")
    'Trời mưa to ở miền Trung, nhiều nơi ngập.'
    """
    cut = _ELLIPSIS.search(lead)
    if cut is None:
        return lead
    kept = lead[: cut.start()].rstrip()
    if len(kept) < _FEWEST_CUT_CHARACTERS:
        return lead
    if body.startswith(kept):
        return ""
    at = max(kept.rfind(mark) for mark in (". ", "! ", "? ", "\n")) + 1
    fragment = kept[at:].strip()
    found = body.find(fragment) if len(fragment) >= _FEWEST_CUT_CHARACTERS else -1
    if found < 0:
        return lead
    line_end = body.find("\n", found)
    rest = body[found : line_end if line_end >= 0 else len(body)]
    stop = re.search(r"[.!?](?=\s|$)", rest[len(fragment) :])
    whole = rest[: len(fragment) + stop.end()] if stop else rest
    return f"{kept[:at]} {whole}".strip() if at else whole


def is_leftover_markup(text: str) -> bool:
    """Tell whether a lead is leftover markup of a page and holds no sentence.

    >>> is_leftover_markup('[&:has([data-x])>*]" dir="auto" data-turn-id="request-WEB:31cc">')
    True
    """
    if not any(mark in text for mark in ('="', ">*]", "};")):
        return False
    words = text.split()
    odd = sum(any(sign in word for sign in _CODE_SIGNS) for word in words)
    return odd > 0.4 * len(words) or len(syllables(text)) < 4


# Openings that depend on a sentence that the reader may not see: "Theo đó", "Ông này", "Tuy nhiên".

_CONNECTIVES = (
    "theo đó|ngoài ra|bên cạnh đó|tuy nhiên|tuy vậy|tuy thế|trong khi đó|do đó|do vậy|vì vậy|vì thế"
    "|bởi vậy|bởi thế|sau đó|trước đó|khi đó|lúc đó|từ đó|qua đó|trong đó|đồng thời|cũng theo"
    "|cũng trong|cũng tại|mặt khác|hơn nữa|không những thế|không chỉ vậy|chưa hết|như vậy|cụ thể"
    "|chẳng hạn|ví dụ|nhưng|và|thế nhưng|rồi|vậy|đáng chú ý|ngược lại|thậm chí|kết quả là"
    "|cùng với đó|bên cạnh(?= (?:này|kia)|,)|riêng|theo vị này|nói về vấn đề này|dưới đây|sau đây|trên đây"
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
# Half of another word, "Ông", "Bà" and "Họ" need no context: "Ông chủ quán", "Bà con", "Họ hàng".
_OTHER_WORDS = (
    "ông (?:hoàng|trùm|chủ|bố|lão|cụ|lớn|già|đồng|đồ|tổ|vua|nội|ngoại|bầu|địa|táo|công|trưởng)"
    "|bà (?:con|hoàng|chủ|mẹ|lão|cụ|già|đỡ|nội|ngoại|trùm|chúa|hỏa|vãi|bầu)|họ (?:hàng|tộc|đạo|tên)"
)
# "Tuần này" is a time of its own.
_OF_NOW = {"thời điểm", "tuần", "tháng", "quý", "mùa", "ngày", "tết", "thời đại"}
_LONGEST = 80  # characters, more than any opening has
_SOURCE_PREFIX = re.compile(r"[(\[]?[A-ZĐ][\w.]{1,20}(?: [\w.]{1,12}){0,2}[)\]]?\s*[-–—]\s+")
_DANGLING = re.compile(
    rf"\W*(?:(?:{_CONNECTIVES}|{_CONJUNCTIONS}|{_PRONOUNS})(?!\w)"
    rf"|(?:{_POINTED_AT})(?: \w+)? (?:(?:này|đó|ấy|kia)(?!\w)|{_ABOVE}))"
)
# Nor before a name: "Ông Trump", "Bà Rịa", "Họ Nguyễn".
_UNNAMED = re.compile(rf"\W*(?!(?:{_OTHER_WORDS})(?!\w))(?:ông|bà|họ)(?!\w)")
_WORD = re.compile(r"\w+")
_HE_OR_SHE = frozenset(("ông", "bà", "anh", "chị", "cô", "cậu", "em", "bạn"))
_LONGEST_SUBJECT = 5  # syllables: "Số tiền học bổng này"


def is_dangling(text: str) -> bool:
    """Tell whether the sentence opens with a word that refers to the sentence before it.

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
        if word == "ấy" and number > 2 and words[number - 1] in _HE_OR_SHE:
            return False  # "Bạn gái bảo cô ấy": of somebody whom the sentence names first
        if word in ("này", "ấy", "kia"):
            before = words[number - 1], " ".join(words[max(0, number - 2) : number])
            return _OF_NOW.isdisjoint(map(str.lower, before))
        if word[0].isupper():
            return False
    return False
