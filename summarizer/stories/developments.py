"""Decide whether a later report of a story has a development, for somebody who knows the older reports.

Most later reports repeat the event in other words, or give opinions on it. A logistic regression over seven
features decides; `benchmarks/train_developments.py` fits its weights to labelled reports. Views, previews,
background tales and reports of other events never have one, whatever their features.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from summarizer.facts.claims import content_words, figures
from summarizer.facts.number_words import AGES, TIME_UNITS
from summarizer.model import Piece
from summarizer.packaged_data import load_regression
from summarizer.stories.neighbours import likeliest
from summarizer.stories.roundups import is_no_news
from summarizer.text.sentences import UPPER, split
from summarizer.text.syllables import canonical

# Words for something done, decided or found out, and words that mark background.
#
# The lists are made by hand from Vietnamese papers. They are used only to find what is new in a known story,
# where a missed sentence costs less than one without news.

_JUSTICE = (
    "khởi tố|bắt giữ|bị bắt|bắt giam|bắt khẩn cấp|tạm giam|tạm giữ|truy nã|truy tố|xét xử|tuyên án|tuyên phạt"
    "|bị phạt|phạt tù|xử phạt|kết án|kháng cáo|kháng nghị|đầu thú|tự thú|khai nhận|thừa nhận|thú nhận"
    "|khám xét|thu giữ|tịch thu|phong tỏa|đình chỉ|kỷ luật|cách chức|miễn nhiệm|bãi nhiệm|bổ nhiệm|từ chức"
    "|sa thải|triệu tập|kết luận|xác minh|phủ nhận|bác bỏ|bác đơn|tước|thu hồi|xin lỗi|bồi thường|khiển trách"
)
_DECISIONS = (
    "quyết định|phê duyệt|phê chuẩn|thông qua|ban hành|ký kết|ký sắc lệnh|ký thỏa thuận|đạt thỏa thuận"
    "|công bố|tuyên bố|đề nghị|đề xuất|yêu cầu|kiến nghị|chỉ đạo|cấm|cho phép|cho nghỉ|nghỉ học|tạm dừng"
    "|tạm ngừng|ngừng|hoãn|hủy|huỷ|khôi phục|mở lại|mở cửa trở lại|nối lại|khánh thành|khởi công|thông xe"
    "|miễn phí|áp thuế|áp đặt|trừng phạt|cảnh báo|kêu gọi|huy động|điều động|thành lập|bầu|đắc cử|chấp thuận"
    "|đồng ý|từ chối|rút lui|rút khỏi|gia hạn|chuyển giao|bàn giao"
)
_OUTCOMES = (
    "tử vong|thiệt mạng|qua đời|tử nạn|chết|mất tích|bị thương|nguy kịch|tìm thấy|tìm được|tìm ra|phát hiện"
    "|giải cứu|cứu được|cứu sống|dập tắt|khống chế|đổ sập|sập|phát nổ|bùng cháy|đổ bộ|suy yếu|mạnh lên"
    "|sơ tán|di dời|vỡ đê|chìm|lật|xuất viện|nhập viện|tiếp nhận|trao trả|trở về|tấn công|không kích|bắn hạ"
    "|bắn rơi|phóng|đáp trả|sạt lở|ngập|mất điện|có điện|cô lập|thông tuyến|khắc phục xong|hoàn thành"
    "|thắng|thua|hòa|đánh bại|vô địch|giành|đoạt|bị loại|vào chung kết|vào bán kết|ghi bàn|gỡ hòa|lập kỷ lục"
    "|phá kỷ lục|lập đỉnh|tăng lên|tăng thêm|giảm còn|giảm xuống|giảm về|vượt mốc|chốt phiên|điều chỉnh"
    "|mua lại|niêm yết|thu về|trúng thầu|trúng cử|lọt vào|ra mắt|mở bán"
)
_BACKGROUND_WORDS = (
    "năm ngoái|năm trước|trước đây|trước đó|trước kia|cách đây|(?<!chưa )từng|vốn|xưa nay|lâu nay|nhiều năm"
    "|từ năm|hằng năm|hàng năm|thường xuyên|nổi tiếng|được biết đến"
)
_SPEECH = (
    "lên tiếng|đáp trả|phản hồi|phản ứng|giải thích|lý giải|khai|thừa nhận|khẳng định|bác bỏ|phủ nhận|xin lỗi"
    "|phản bác|cứng rắn|chỉ đạo|đồng tình|trả lời|tuyên bố|nhận tội|cúi đầu"
)
_SAYING = "cho biết|cho hay|nói|cáo buộc|cảnh báo|thông cáo|yêu cầu|đề nghị"
_FIRST_PERSON = "tôi|mình|chúng tôi|chúng ta|em|các bạn|phóng viên|pv"

_SAME_ACTS = {  # what papers call one act, beside its first name
    "xử phạt": "bị phạt",
    "bắt giữ": "bị bắt|bắt giam|bắt khẩn cấp",
    "chết": "tử vong|thiệt mạng|tử nạn|qua đời",
    "tạm dừng": "tạm ngừng|ngừng",
    "hủy": "huỷ",
    "tìm thấy": "tìm được|tìm ra",
    "cứu được": "giải cứu|cứu sống",
    "thừa nhận": "thú nhận|khai nhận",
}
_FIRST_NAME = {other: first for first, others in _SAME_ACTS.items() for other in others.split("|")}
_NAME = re.compile(rf"(?<=[\w,)] )[{UPPER}]\w*")  # in mid-sentence: "Khánh Hòa" is no draw
_ACT = re.compile(rf"(?<!\w)(?:{_JUSTICE}|{_DECISIONS}|{_OUTCOMES})(?!\w)")
_SAYS = re.compile(rf"(?<!\w)(?:{_SPEECH})(?!\w)")
_TELLS = re.compile(rf"(?<!\w)(?:{_SPEECH}|{_SAYING})(?!\w)")
_BACKGROUND = re.compile(rf"(?<!\w)(?:{_BACKGROUND_WORDS})(?!\w)")
_PERSONAL = re.compile(rf"(?<!\w)(?:{_FIRST_PERSON})(?!\w)")


def acts_in(text: str) -> Iterator[str]:
    """Yield what was done, decided or found out, in canonical spelling, each act by its first name.

    >>> list(acts_in("Công an đã khởi tố vụ án, hai người bị bắt."))
    ['khởi tố', 'bắt giữ']
    """
    found = (one.group() for one in _ACT.finditer(canonical(_NAME.sub("·", text))))
    yield from (_FIRST_NAME.get(act, act) for act in found)


def speech_in(text: str) -> Iterator[str]:
    """Yield the words for answering, ordering or testifying, in canonical spelling.

    >>> list(speech_in("Hãng xe lên tiếng sau vụ cháy"))
    ['lên tiếng']
    """
    yield from (found.group() for found in _SAYS.finditer(canonical(text)))


def says_so(text: str) -> bool:
    """Tell whether a sentence says that somebody says, answers, orders or testifies something.

    >>> says_so("Hãng xe cho biết đang kiểm tra lại pin."), says_so("Chiếc xe bị cháy.")
    (True, False)
    """
    return _TELLS.search(canonical(text)) is not None


def is_background(text: str) -> bool:
    """Tell whether a sentence tells how things were before, or is somebody's own voice.

    >>> is_background("Năm ngoái, cây cầu này từng bị ngập."), is_background("Cây cầu bị ngập.")
    (True, False)
    """
    spelled = canonical(text)
    return _BACKGROUND.search(spelled) is not None or _PERSONAL.search(spelled) is not None


# The regression over the features of a report.

FEATURES = ("title_said", "act", "speech", "goes_on", "hours", "known", "count")
"""What `compare` returns, in order."""

_SAME_EVENT = 0.45  # how probable it must be at least: below, most reports are of another event
_LEAST = 0.3  # log odds: of reports above it nine in ten are developments, by weights that have not seen them
_LEAST_IF_FOLLOWED = -0.5  # and of these seven in ten, with a quarter more of the developments
_MANY_ACTS = 3  # new ones in headline and lead: enough without the regression
_LEAD_SENTENCES = 4  # of a body, where an article has no lead
_FEWEST_COUNTED = 3  # "hai", "một" and "nửa" are words more than figures
_VIEWS = (
    "hlv|báo chí|truyền thông|cđv|người hâm mộ|fan"
    "|chuyên gia|nhận định|dự đoán|dự báo|lịch|vì sao|lý do|góc nhìn|highlights?|video|clip|top|kịch bản|nếu"
    "|kỳ vọng|hứa hẹn|mong|hướng đến|hướng tới|bạn đọc|khen|có gì|thế nào|là gì|ra sao|cơ hội|chờ|aff|afc"
    "|nhìn lại|khoảnh khắc|trực tuyến|trực tiếp|tường thuật|qua những con số|sai lầm|thế khó"
)
_TALES = (
    "hé lộ|bí ẩn|giải mã|chiêu trò|bên trong|chân dung|hệ sinh thái|nguy cơ|lạc lối|nỗi|phía sau|câu chuyện"
    "|hành trình|cận cảnh|nhộn nhịp|diện mạo|toàn cảnh|người đẹp|rưng rưng|xúc động|bài học|cha đẻ|là ai"
    "|những|ký ức|gây sốt|bất ngờ|điểm danh|mẹo|cách|lưu ý"
)
_GOES_ON = (
    "thêm|tiếp tục|vừa|hôm nay|chính thức|tạm dừng|tạm ngừng|sau khi|sau kiến nghị|hoàn tất|lần hai|lần 2"
    "|lần đầu|đến nay|tăng lên|nâng|nối lại|không còn|đủ"
)
_VIEW = re.compile(rf"\A\W*báo (?!cháy|động|cáo|hiệu|ơn|thức)|\?|(?<!\w)(?:{_VIEWS}|{_TALES})(?!\w)")
_ON = re.compile(rf"(?<!\w)(?:{_GOES_ON})(?!\w)")

Floats = NDArray[np.float64]


def is_development(piece: Piece, known: Sequence[Piece], *, is_followed: bool = False) -> bool:
    """Tell whether a report that may be of their event says what happened since the one or more `known` ones.

    `is_followed` asks for less: readers who follow a story would rather read too much than miss something.
    """
    if is_view_or_promotion(piece):
        return False
    if len(_new_acts(piece, known)) >= _MANY_ACTS:
        return True
    weights, bias = _model()
    least = _LEAST_IF_FOLLOWED if is_followed else _LEAST
    return float(compare(piece, known) @ weights) + bias > least


def is_view_or_promotion(piece: Piece) -> bool:
    """Tell whether a report never has a development: it is a view, a tale, a round-up or promotion."""
    title, sapo = piece.document.title, piece.document.sapo
    return _VIEW.search(canonical(title)) is not None or is_no_news(title, sapo)


def may_be_of(piece: Piece, known: Sequence[Piece]) -> bool:
    """Tell whether a report may well be of the event that the nearest of the `known` ones reports."""
    return likeliest(piece, known) >= _SAME_EVENT


def compare(piece: Piece, known: Sequence[Piece]) -> Floats:
    """Return the features of a report beside the `known` ones: (len(FEATURES),)."""
    title, lead = piece.document.title, opening_of(piece)
    texts = [f"{one.document.title}. {opening_of(one)}" for one in known]
    words = set(content_words(title))
    said = max(len(words.intersection(content_words(text))) for text in texts)
    newest = max(one.moment for one in known)
    hours = max(0.0, (piece.moment - newest) / dt.timedelta(hours=1))
    return np.array(
        (
            said / max(1, len(words)),
            bool(_new_acts(piece, known)),
            any(True for _ in speech_in(title)),
            _ON.search(canonical(f"{title} {lead}")) is not None,
            np.log1p(hours) / 4,
            np.log(len(known)) / 2,
            has_new_count(lead, texts),
        ),
        np.float64,
    )


def _new_acts(piece: Piece, known: Sequence[Piece]) -> set[str]:
    """Return the acts in both headline and lead that no older headline or lead has."""
    older = (text for one in known for text in (one.document.title, opening_of(one)))
    known_acts = {act for text in older for act in acts_in(text)}
    return {*acts_in(piece.document.title)} & {*acts_in(opening_of(piece))} - known_acts


def opening_of(piece: Piece) -> str:
    """Return an article's lead, or the first sentences of its body where it has none."""
    if piece.document.sapo:
        return piece.document.sapo
    body = piece.document.body
    spans = split(body)[:_LEAD_SENTENCES]
    return body[: spans[-1][1]] if spans else ""


def has_new_count(text: str, known: Sequence[str]) -> bool:
    """Tell whether a text has a count that `known` texts lack; hours, days and ages do not matter."""
    numbers = {found.value for other in known for found in figures(other)}
    return any(
        found.value >= _FEWEST_COUNTED
        and found.value not in numbers
        and found.qualifier != "vague"
        and found.unit not in TIME_UNITS
        and found.unit not in AGES
        for found in figures(text)
    )


@cache
def _model() -> tuple[Floats, float]:
    return load_regression("developments.json", FEATURES)
