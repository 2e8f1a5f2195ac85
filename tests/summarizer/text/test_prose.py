"""Which texts are refused, and with what reason."""

import pytest

from summarizer.text.prose import find_objection

SENTENCE = "Thủ tướng vừa ký quyết định ban hành quy định mới về quản lý đất đai tại các địa phương."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "không có chữ"),
        (" \n\t ", "không có chữ"),
        (
            "The prime minister met the delegation on Monday and praised the new bridge.",
            "không phải tiếng Việt",
        ),
        (
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
            "không phải tiếng Việt",
        ),
        ("市长周一会见了代表团，并赞扬了新桥。双方将扩大贸易。", "không phải tiếng Việt"),
        ("Мэр города встретился с делегацией в понедельник.", "không phải tiếng Việt"),
        ("นายกเทศมนตรีพบคณะผู้แทนเมื่อวันจันทร์", "không phải tiếng Việt"),
        (
            "Le maire a reçu lundi la délégation et a salué le nouveau pont sur la rivière.",
            "không phải tiếng Việt",
        ),
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam. Thñ t­íng võa ký quyÕt ®Þnh míi.", "bảng mã"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam. Thuû töôùng vöøa kyù quyeát ñònh môùi.", "bảng mã"),
        (SENTENCE.encode().decode("latin-1"), "bảng mã"),
        (SENTENCE.encode().decode("cp1252", "replace"), "bảng mã"),
        ("Thu tuong vua ky quyet dinh ban hanh quy dinh moi ve quan ly dat dai.", "không dấu"),
        ("x" * 1_000_000, "chuỗi liền"),
        ("ạ" * 1_000_000, "chuỗi liền"),
        ("1.234 5.678 90 " * 500, "số"),
        ("\x00\x01\x02PNG\ufffd" * 50, "nhị phân"),
        ("... !!! --- " * 20, "số và ký hiệu"),
    ],
)
def test_what_is_no_vietnamese_prose_is_refused_with_the_reason(text: str, reason: str) -> None:
    objection = find_objection(text)
    assert objection is not None
    assert reason in objection


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "Mai Sao vỡ nợ\nCông ty này không trả được khoản lãi 200 triệu đồng đúng hạn.",
        "Ca sĩ An M-TP khoe vẻ lịch lãm",
        "Sao Mai vỡ nợ",
        "Robot Alpha Pro Max đọ sức Beta Ultra tại giải Bến Mơ Open",
        "Giá vàng 4/11: SJC 88,5 triệu, nhẫn 87,9 triệu, thế giới 2.650 USD",
        "Thủ tướng nói".replace("ủ", "u\u0309"),
    ],
)
def test_vietnamese_prose_passes_however_short(text: str) -> None:
    assert find_objection(text) is None


def test_a_foreign_text_with_a_vietnamese_quotation_is_still_foreign() -> None:
    english = "The mayor met the delegation on Monday and praised the new bridge over the river. "
    assert find_objection(english * 10 + "“Cảm ơn các bạn”, he said.") == "không phải tiếng Việt"


def test_prose_that_starts_with_a_table_of_figures_passes() -> None:
    assert find_objection("1 2 3 4 5\n" * 20 + SENTENCE * 20) is None
