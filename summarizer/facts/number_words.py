"""Words of quantities: numbers spelled out in Vietnamese, units, and the heads of noun phrases."""

import re
from math import prod
from typing import Literal

# Numbers spelled out in Vietnamese: "hai mươi lăm", "ba nghìn rưỡi", "năm trăm linh hai".

_DIGITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
MAGNITUDES = {
    "chục": 10, "trăm": 100, "nghìn": 1_000, "ngàn": 1_000, "vạn": 10_000, "triệu": 1_000_000,
    "tỷ": 1_000_000_000, "tỉ": 1_000_000_000,
}  # fmt: skip
_ONLY_LATER = {"mốt", "tư", "lăm"}  # "đầu tư" is no four
_FIRST = "|".join(
    f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in (*_DIGITS, "mười") if word not in _ONLY_LATER
)
_LATER = "|".join([*_DIGITS, "mười", "mươi", *MAGNITUDES, "linh", "lẻ", "rưỡi"])
SPELLED = rf"(?:{_FIRST})(?:\s(?:{_LATER}))*"  # a regular expression for one, without its word boundaries
SCALE = "|".join(word for word, value in MAGNITUDES.items() if value >= 1_000)
VAGUE = rf"(?:{'|'.join(MAGNITUDES)})(?:\s(?:{'|'.join(MAGNITUDES)}))*"  # after "hàng"
_WORD = re.compile(r"\w+")


def spelled_number(text: str) -> float | None:
    """Return the number that lowercase `text` spells; None for two in a row, as in "hai ba người".

    Groups are added up: digits and tens until a magnitude multiplies them. "rưỡi" is half of the last one.

    >>> spelled_number("hai mươi lăm"), spelled_number("ba nghìn rưỡi"), spelled_number("hai ba")
    (25, 3500.0, None)
    """
    total: float = 0
    group: float = 0
    last = 1
    previous = ""
    for word in _WORD.findall(text):
        if word in _DIGITS:
            if previous in _DIGITS:
                return None
            group += _DIGITS[word]
        elif word == "mươi":
            group += 9 * (group % 10)
        elif word == "mười":
            group += 10
        elif word == "rưỡi":
            group += last / 2 if last > 1 else 0.5
        elif word in MAGNITUDES:
            last = MAGNITUDES[word]
            if last >= 1_000:
                total, group = (total + group) * last if total < last else total + group * last, 0
            else:
                group = group * last
        previous = word
    return total + group


def magnitude(text: str) -> int:
    """Return what the magnitude words of `text` multiply by: 1 for none.

    >>> magnitude("nghìn tỷ")
    1000000000000
    """
    return prod(MAGNITUDES[word] for word in _WORD.findall(text))


# The words around a number that make it a quantity: qualifiers, units, and heads of noun phrases. Others show
# that it is none: words before an ordinal or a code, and words after a number that begin no noun.

Qualifier = Literal["exact", "about", "over", "under", "at least", "at most", "range", "vague"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUALIFIERS: dict[str, Qualifier] = {
    **dict.fromkeys(("khoảng", "chừng", "khoảng chừng", "ước", "ước tính", "tầm", "xấp xỉ", "cỡ"), "about"),
    **dict.fromkeys(("hơn", "trên", "ngoài"), "over"),
    "gần": "under",
    **dict.fromkeys(("ít nhất", "tối thiểu", "không dưới"), "at least"),
    **dict.fromkeys(("tối đa", "nhiều nhất", "không quá", "dưới"), "at most"),
    **dict.fromkeys(("vài", "mấy"), "vague"),
}
UNITS = {
    **dict.fromkeys(("đồng", "đ", "vnđ", "vnd"), "đồng"),
    **dict.fromkeys(("usd", "đô la", "đô la mỹ", "đôla", "đôla mỹ", "đô"), "USD"),
    **dict.fromkeys(("euro", "eur"), "euro"),
    **dict.fromkeys(("%", "phần trăm"), "%"),
    **dict.fromkeys(("km", "cây số", "kilomet", "ki-lô-mét"), "km"),
    **dict.fromkeys(("m", "mét"), "m"),
    **dict.fromkeys(("m2", "m²", "mét vuông"), "m²"),
    **dict.fromkeys(("km2", "km²", "km vuông"), "km²"),
    **dict.fromkeys(("m3", "m³", "mét khối"), "m³"),
    **dict.fromkeys(("ha", "héc ta", "hecta", "hécta", "héc-ta"), "ha"),
    **dict.fromkeys(("km/h", "km/giờ"), "km/h"),
    **dict.fromkeys(("độ", "độ c", "°c", "độ richter"), "độ"),
    **dict.fromkeys(("giờ", "tiếng", "tiếng đồng hồ", "giờ đồng hồ"), "giờ"),
    **dict.fromkeys(("năm tù", "năm tù giam"), "năm tù"),
    **{
        unit: unit
        for unit in _words("cm mm inch tấn tạ kg lít mah gb tuổi phút giây ngày tuần tháng năm điểm lần")
    },
}
NO_MONEY = "minh|nghiệp|bào|bằng|thời|đội|chí|ý|ruộng|hồ|hạng|tình|hành|loạt"  # "hai đồng minh"
TIME_UNITS = _words("giờ phút giây ngày tuần tháng năm")
AGES = frozenset({"tuổi", "năm sinh"})
CLASSIFIERS = _words("căn ngôi chiếc cái con cuốn tấm quả cây tòa")
SHORT_HEADS = _words(  # nouns of one syllable: what follows them is no part of the name
    "người em cháu nhà xe tàu thuyền vụ ca cửa nước đội trận bàn tỉnh xã huyện tầng phòng đảo hộ cột cầu"
    " trường bài tập suất phần lớp máy giường phiếu vé đơn chuyến lượt cuộc ngành nhóm tên món giải hồ làng"
    " thôn đời bò lợn gà trâu cá vịt dê heo chó bãi"
)
PEOPLE = frozenset(
    {
        *("người", "nạn nhân", "em", "cháu", "trẻ em", "học sinh", "sinh viên", "công nhân", "hành khách"),
        *("thuyền viên", "ngư dân", "bệnh nhân", "binh sĩ", "cảnh sát", "đối tượng", "nghi phạm", "thí sinh"),
        *("du khách", "tên", "ca", "thợ", "trẻ"),
    }
)
ABBREVIATED_HEADS = {"sv": "sinh viên", "hs": "học sinh", "vđv": "vận động viên", "bn": "bệnh nhân"}
NO_HEADS = _words(
    "và của đến trong với là đã tại được trên có từ sẽ cũng vừa thì hiện ở do khi cho tới vẫn để chỉ trước"
    " này về đó còn ngoài nhưng sau theo mà đang như tuy tính bị không hay hoặc cùng giữa bởi vì nên sang"
    " qua lên xuống ra vào thuộc nay ngoái nữa rồi cả các những nhiều một mỗi thứ sáng trưa chiều tối đêm"
    " khoảng hơn gần ngụ quê trú chưa gồm bên kể so dù dự cuối đầu mới bao phải lại đều hai ba loại khác"
    " nhau kia ấy ông bà anh chị mươi nếu thay đi hàng vài trừ tức thế nhất tư gấp chia trở đạt"
)
ORDINALS = _words(
    "thứ số ngày tháng năm quý quận khóa điều khoản phường tổ xóm thôn ấp khu đường lộ hạng top cấp lớp vòng"
    " hiệp đoạn cup lúc hồi sn đời kỷ tập trang tầng hẻm phố km bài giải hình bảng lứa định mục chương đợt"
    " lần đội loại phút sáng chiều trưa tối đêm nghị luật hàng khối mồng mùng phiên u kỳ cột trạm đề mã"
)
