"""Openings that lean on a sentence the reader may not see: "Theo đó", "Ông này", "Tuy nhiên"."""

import re

_CONNECTIVES = (
    "theo đó|ngoài ra|bên cạnh đó|tuy nhiên|tuy vậy|tuy thế|trong khi đó|do đó|do vậy|vì vậy|vì thế"
    "|bởi vậy|bởi thế|sau đó|trước đó|khi đó|lúc đó|từ đó|qua đó|trong đó|đồng thời|cũng theo"
    "|cũng trong|cũng tại|mặt khác|hơn nữa|không những thế|không chỉ vậy|chưa hết|như vậy|cụ thể"
    "|chẳng hạn|ví dụ|nhưng|và|còn|thế nhưng|song|rồi|vậy|đáng chú ý|ngược lại|thậm chí|kết quả là"
    "|cùng với đó|bên cạnh|riêng|theo vị này|nói về vấn đề này"
)
_POINTED_AT = (
    "điều|việc|vụ|vụ việc|ông|bà|anh|chị|em|cô|người|đối tượng|những người|nhóm|hai|các|số|cơ quan"
    "|đơn vị|công ty|nước|quan chức|bộ phim|chiếc xe|nam|nữ"
)
_PRONOUNS = "anh ta|ông ta|bà ta|cô ta|cô ấy|họ|nó|đây|đó|vụ việc"
_ALONE = "ông|bà"  # a man called by no more than "ông" was named before
_LONGEST = 60  # characters, more than any opening has
_DANGLING = re.compile(
    rf"\W*(?:{_CONNECTIVES}|(?:{_POINTED_AT})(?: \w+)? (?:này|đó|ấy|kia|trên)|{_PRONOUNS}|{_ALONE})(?!\w)"
)


def is_dangling(text: str) -> bool:
    """Tell whether the sentence opens with a word that points back to the one before it.

    >>> is_dangling("Theo đó, giá xăng giảm."), is_dangling("Giá xăng giảm.")
    (True, False)
    """
    return _DANGLING.match(text[:_LONGEST].lower()) is not None
