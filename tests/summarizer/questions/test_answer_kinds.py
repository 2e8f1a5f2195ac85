"""What a question word asks for, and which sentences have it."""

import pytest

from summarizer.questions.answer_kinds import ExpectedAnswer, Kind, expected_answer, has_count, has_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Cầu Rạch Sấu tốn bao nhiêu tiền?", "number"),
        ("phà Vàm Đước chở mấy chuyến", "number"),
        ("cau rach sau bao nhieu tien", "number"),
        ("may nguoi chet vi lu", "number"),
        ("khi nào cầu Rạch Sấu thông xe", "time"),
        ("cau rach sau bao gio thong xe", "time"),
        ("tại sao phà Vàm Đước ngừng chạy?", "cause"),
        ("vi sao pha ngung chay", "cause"),
        ("ai xây cầu Rạch Sấu", "person"),
        ("Chủ tịch xã Rạch Sấu là ai?", "person"),
        ("bão số 4 đổ bộ vào đâu", "place"),
        ("cầu gỗ do nước nào tặng", "place"),
    ],
)
def test_a_question_word_asks_for_its_kind(question: str, kind: Kind) -> None:
    asked = expected_answer(question)
    assert asked is not None
    assert asked.kind == kind


@pytest.mark.parametrize(
    "question",
    [
        "giá vàng",
        "quỹ bình ổn xăng dầu",
        "quy binh on xang dau",
        "có bài nào nói về cầu Rạch Sấu không",
        "mấy trăm cháu mẫu giáo nhiễm sán",
        "cầu Rạch Sấu thế nào rồi",
        "tri tue nhan tao ai",
        "",
    ],
)
def test_what_only_names_a_matter_asks_for_no_kind(question: str) -> None:
    assert expected_answer(question) is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "Cầu có vốn 120 tỷ đồng."),
        ("number", "Có hai người bị thương."),
        ("time", "Cầu thông xe ngày 4-2."),
        ("time", "Cầu thông xe vào sáng mai."),
        ("cause", "Phà ngừng chạy vì nước lớn."),
        ("person", "Chiều qua, ông Tư Lúa đã xin lỗi dân."),
        ("place", "Bão đi vào tỉnh Bạc Liêu."),
    ],
)
def test_a_sentence_has_the_kind(kind: Kind, text: str) -> None:
    assert has_kind(ExpectedAnswer(kind), text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "Cầu rất đẹp."),
        ("time", "Cầu rất dài."),
        ("cause", "Phà ngừng chạy."),
        ("person", "Dân làng rất vui."),
        ("person", "Chiều qua, anh ấy đã xin lỗi dân."),
        ("place", "Trời mưa rất to."),
        ("place", "Bão đi vào đêm qua, cây ở đây đổ nhiều."),
    ],
)
def test_a_sentence_without_the_kind_does_not_answer(kind: Kind, text: str) -> None:
    assert not has_kind(ExpectedAnswer(kind), text)


def test_a_number_that_was_typed_answers_nothing() -> None:
    assert not has_kind(ExpectedAnswer("number"), "Bão số 4 rất mạnh.", ("bão", "số", "4"))


def test_a_number_of_just_that_thing_is_known() -> None:
    wives = ExpectedAnswer("number", "bà")
    assert has_count(wives, "Nhà vua có 103 bà vợ.")
    assert not has_count(wives, "Nhà vua trị vì 35 năm.")
    assert has_count(ExpectedAnswer("number", "tiền"), "Anh bị phạt 15 triệu đồng.")
    assert not has_count(ExpectedAnswer("number"), "Phạt chủ tịch của 4 tỉnh ven kênh.")  # "tỉ" is no tỉnh
