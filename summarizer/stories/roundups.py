"""Recognise articles that do not report one event: round-ups, bulletins and promotion.

A round-up strings several events together. It joins no story, begins none, and answers only questions that
name it. Promotion, a company's own praise that a paper prints as news, comes last in a digest.
"""

import re
from collections.abc import Set

from summarizer.text.syllables import canonical, folded, syllables

_KINDS = (
    "điểm tin|điểm báo|tin tức|bản tin|những tin|toàn cảnh|thời sự|chuyển động|nhịp sống|thế giới"
    "|(?:xem|đọc|nghe) nhanh|tin (?:nhanh|nóng|mới|sáng|trưa|chiều|tối|thế giới|trong nước|quốc tế)"
)
_MIDDLE = (
    "thế giới|trong nước|quốc tế|sáng|trưa|chiều|tối|đêm|hôm nay|ngày|tuần|cuối|lúc|trong|nóng|nhất|nhanh|mới"
    "|nổi bật|đáng chú ý|thể thao|giải trí|xã hội|pháp luật|kinh tế|công nghệ|bóng đá|sức khỏe|xem|nghe|đọc"
    "|thời sự|tin tức"
)
_WHEN = r"\d{1,2}\s?h(?:\d\d)?|\d{1,2}\s?giờ|\d{1,2}\s?[-/.]\s?\d{1,2}|24/7|tuần qua|ngày qua"
# "Điểm tin 6h: …", "Tin tức thế giới 17-8: …", "Xem nhanh 20h ngày 4.10: …"; not "Toàn cảnh vụ cháy: …".
_BULLETIN = re.compile(rf"\W*({_KINDS})(?:\s(?:{_MIDDLE}|-))*\s(?:{_WHEN})(?!\w)[^:|]{{0,30}}[:|]")
_ANNOUNCES = re.compile(
    r"\W*(?:một số |nhiều |các |những )?(?:bản )?tin(?: \w+){0,3}? (?:đáng chú ý|đáng quan tâm|nổi bật)"
)
_EVERYDAY = frozenset(("tin", "tuc"))  # ignored if a bulletin's name has other words
_WHOLE_HEADLINE = 4  # syllables: fewer after a bar are a section or the site's name
_READ = 300  # characters of a headline or lead: a bulletin says at its head that it is one


def is_roundup(title: str, sapo: str) -> bool:
    """Tell whether an article strings several events together.

    >>> is_roundup("Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm Cà Ná tăng mạnh", "")
    True
    >>> is_roundup("Toàn cảnh vụ cháy chợ Bến Cau", "")
    False
    """
    if not {":", "|", ";"} & {*title[:_READ], *sapo[:_READ]}:  # most articles, at the least cost
        return False
    head, lead = canonical(title[:_READ]), canonical(sapo[:_READ])
    if _BULLETIN.match(head):
        return True
    if _ANNOUNCES.match(lead) and (";" in lead or "|" in head):
        return True
    headlines = sum(len(syllables(part)) >= _WHOLE_HEADLINE for part in head.split("|"))
    return headlines > 2 or (headlines > 1 and lead.count(";") > 1)


def is_only_of_parts(title: str, sapo: str, asked: Set[str]) -> bool:
    """Tell whether an article is a round-up and the words `asked`, without diacritics, do not name it.

    >>> is_only_of_parts("Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm tăng", "", {"chay", "cho", "ben", "cau"})
    True
    >>> is_only_of_parts("Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm tăng", "", {"diem", "tin", "6h"})
    False
    """
    if not is_roundup(title, sapo):
        return False
    bulletin = _BULLETIN.match(canonical(title[:_READ]))
    name = set(folded(bulletin[1]).split()) if bulletin else set()
    return not name or not (name - _EVERYDAY or name) <= asked


# What firms write of themselves: one phrase of `_SELLS`, or two different ones of `_PRAISES`.
_SELLS = re.compile(
    r"đồng hành (?:cùng |với )?\W?(?:concert|lễ hội|sự kiện|mùa giải)"
    r"|(?:đơn vị|nhà tài trợ|thương hiệu) đồng hành"
    r"|(?:tri ân|hội nghị) khách hàng|khách hàng làm trung tâm|ưu đãi không thể bỏ lỡ|giảm giá và tặng quà"
    r"|(?:triển khai|tung|ra mắt) (?:chương trình|chính sách|gói|loạt) ưu đãi"
    r"|khẳng định vị thế (?:tiên phong|dẫn đầu|hàng đầu|là (?:doanh nghiệp|thương hiệu|ngân hàng))"
)
_PRAISES = tuple(
    re.compile(words)
    for words in (
        "đồng hành (?:cùng |với )?(?:cộng đồng )?(?:doanh nghiệp|khách hàng|người tiêu dùng|việt nam)",
        "(?:đối tác|hợp tác) chiến lược(?! toàn diện)|chính thức (?:hợp tác|bắt tay|mở bán|khởi động|đưa)",
        "(?:khẳng định|củng cố|nâng tầm) (?:vị thế|thương hiệu)|vị thế tiên phong|tiên phong ứng dụng",
        "(?:nâng cao|nâng tầm|tối ưu|gia tăng|kết hợp) trải nghiệm|trải nghiệm (?:khách hàng|mua sắm)",
        r"(?:chương trình|chính sách|gói|mã|tung|ngày) (?:\w+ )?(?:ưu đãi|khuyến mãi)|tặng quà|nhân đôi điểm",
        r"hệ sinh thái (?:\w+ )?(?:số|sản phẩm|cộng sinh|đồng hành|tài chính|bảo mật)",
        "giải pháp (?:toàn diện|công nghệ)|định vị thương hiệu|5 sao|đẳng cấp|công thức độc quyền",
        "(?:ra mắt|giới thiệu) (?:(?:các |loạt |dòng )?sản phẩm|hệ sinh thái|hệ thống website)",
        "giá trị bền vững|phát triển bền vững|kiến tạo giá trị|chặng đường mới|đánh dấu cột mốc",
        "khai trương (?:cơ sở|văn phòng|showroom|cửa hàng|chi nhánh)|đánh dấu cơ sở thứ",
        r"(?:nhân dịp|kỷ niệm) \d{1,3} năm (?:thành lập|hoạt động)|\b\d{1,3} năm (?:phát triển|đồng hành)",
    )
)


def is_no_news(title: str, sapo: str) -> bool:
    """Tell whether an article is a round-up or promotion."""
    return is_roundup(title, sapo) or is_promotion(title, sapo)


def is_promotion(title: str, sapo: str) -> bool:
    """Tell whether the article is a firm's praise of itself, whatever paper prints it.

    >>> is_promotion("Bia Sông Lam đồng hành cùng lễ hội biển", "")
    True
    >>> is_promotion("Thủ tướng: Chính phủ đồng hành cùng doanh nghiệp vượt khó", "")
    False
    """
    text = f"{canonical(title[:_READ])} | {canonical(sapo[:_READ])}"
    return bool(_SELLS.search(text)) or sum(bool(words.search(text)) for words in _PRAISES) > 1
