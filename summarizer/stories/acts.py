"""Words for something done, decided or found out, and words that mark background.

The lists are made by hand from Vietnamese papers. They are used only to find what is new in a known story,
where a missed sentence costs less than one without news.
"""

import re
from collections.abc import Iterator

from summarizer.text.sentences import UPPER
from summarizer.text.syllables import canonical

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
