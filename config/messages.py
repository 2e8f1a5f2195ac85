"""The Vietnamese for what pydantic and tomllib say, in English, about a newsroom file."""

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from config.newsroom import Edition, General, Health, Limits, Newsroom, Source, Topic
from config.problems import nearest, shown

_TABLES: dict[str, type[BaseModel]] = {
    "newsroom": General,
    "sources": Source,
    "topics": Topic,
    "editions": Edition,
    "health": Health,
    "limits": Limits,
}
_TYPES = {
    "string_type": 'phải là chữ trong ngoặc kép, ví dụ name = "sang"',
    "int_type": "phải là số nguyên không có ngoặc kép, ví dụ 3",
    "bool_type": "phải là true hoặc false, không có ngoặc kép",
    "tuple_type": 'phải là danh sách trong ngoặc vuông, ví dụ ["06:30", "18:30"]',
    "frozen_set_type": 'phải là danh sách trong ngoặc vuông, ví dụ ["T2", "T3"]',
    "too_long": "danh sách quá dài; nhiều nhất {max_length} phần tử",
    "too_short": "danh sách không được để trống; hãy ghi ít nhất một phần tử",
    "greater_than_equal": "số quá nhỏ; nhỏ nhất là {ge}",
    "less_than_equal": "số quá lớn; lớn nhất là {le}",
    "literal_error": "chỉ nhận một trong các giá trị: {expected}",
}
_SYNTAX = {
    "Cannot declare": "bảng này đã khai báo ở trên; dùng [[…]] nếu muốn có nhiều bảng cùng loại",
    "Cannot overwrite": "khóa này đã ghi ở trên; hãy bỏ bớt một",
    "Cannot redefine": "bảng này đã khai báo ở trên theo cách khác",
    "Cannot mutate": "bảng này đã khép lại ở trên; hãy ghi các khóa của nó vào một chỗ",
    "Expected '='": "thiếu dấu = giữa khóa và giá trị; tên khóa viết không dấu, không khoảng trắng",
    "Expected newline": 'thừa chữ sau giá trị; chữ và giờ phải nằm trong ngoặc kép, ví dụ "06:30"',
    "Expected ']": "thiếu dấu ] khép tên bảng",
    "Duplicate inline": "khóa này đã ghi trong cùng bảng; hãy bỏ bớt một",
    "Unclosed array": "danh sách thiếu dấu ] ở cuối hoặc dấu phẩy giữa các phần tử",
    "Unclosed inline table": "bảng trên một dòng thiếu dấu } ở cuối hoặc dấu phẩy",
    "Unterminated string": "thiếu dấu ngoặc kép đóng",
    "Expected '\"": "thiếu dấu ngoặc kép đóng",
    "Expected \"'": "thiếu dấu nháy đóng",
    "Found invalid": "có ký tự không dùng được",
    "Illegal character": "có ký tự không dùng được, hoặc thiếu dấu ngoặc kép đóng",
    "Invalid statement": "dòng này không đúng cú pháp; hãy viết dạng khóa = giá trị",
    "Invalid initial character": "tên khóa không đúng; tên khóa viết không dấu, không khoảng trắng",
    "Invalid value": 'giá trị không đúng; chữ và giờ phải nằm trong ngoặc kép, ví dụ "06:30"',
    "Invalid date": "ngày giờ không đúng",
    "Unescaped '\\'": "dấu \\ trong ngoặc kép phải viết thành \\\\",
    "Invalid hex": "mã sau dấu \\ không đúng; dấu \\ thường phải viết thành \\\\",
    "Escaped character": "mã sau dấu \\ không phải là một ký tự",
    "Exceeds the limit": "số quá dài",
}


def value_message(details: ErrorDetails) -> str:
    """Say what is wrong with the value at `details["loc"]` and how to mend it."""
    kind, path = details["type"], details["loc"]
    context = details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if path == ("editions",) and kind in ("missing", "too_short"):
        return "chưa có bản tin nào; thêm một bảng [[editions]], hoặc chạy «diemtin init» để có tệp mẫu"
    if kind == "missing":
        return f"thiếu khóa «{path[-1]}»; hãy thêm một dòng {path[-1]} = …"
    if kind == "extra_forbidden":
        return _unknown_key(path)
    if path[0] in ("sources", "topics", "editions") and (len(path) == 1 or kind == "model_type"):
        return f"phải là các bảng; hãy viết [[{path[0]}]] với hai lần ngoặc vuông trước mỗi bảng"
    if kind == "model_type":
        return f"phải là một bảng; hãy viết [{path[0]}] trên một dòng riêng"
    return _TYPES.get(kind, "giá trị không dùng được").format(**context).replace(" or ", " hoặc ")


def syntax_message(complaint: str) -> str:
    """Say in Vietnamese what tomllib says in English."""
    known = (message for start, message in _SYNTAX.items() if complaint.startswith(start))
    return f"sai cú pháp TOML: {next(known, 'hãy xem lại dòng này')}"


def _unknown_key(path: tuple[int | str, ...]) -> str:
    model = Newsroom if len(path) == 1 else _TABLES[str(path[0])]
    known = [field.alias or name for name, field in model.model_fields.items()]
    slip = nearest(str(path[-1]), known)
    mend = f"ý bạn là «{slip}»?" if slip else f"các khóa dùng được: {', '.join(known)}"
    return f"khóa {shown(str(path[-1]))} không có; {mend}"
