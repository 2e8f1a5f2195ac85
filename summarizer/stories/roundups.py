"""Tell round-ups and bulletins, which string several events together, from reports of one.

A round-up is a source for none of its parts: it joins no story, opens none, and answers no question but one
that names it.
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
_EVERYDAY = frozenset(("tin", "tuc"))  # say little where more of a bulletin's name is there
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
