import pytest

from summarizer.questions.equivalents import other_numbers, other_spellings
from summarizer.questions.query import parse_query


def spelled(typed: str) -> set[str]:
    """Return every way to write the first wanted run of a question."""
    return {" ".join(run) for run in parse_query(typed).groups[0]}


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("TP.HCM", "thành phố hồ chí minh"),
        ("tphcm", "thành phố hồ chí minh"),
        ("sg", "sài gòn"),
        ("ko", "không"),
        ("dc", "được"),
        ("thành phố Hồ Chí Minh", "tphcm"),
        ("thanh pho ho chi minh", "tp hcm"),
        ("UBND", "ủy ban nhân dân"),
        ("uỷ ban nhân dân", "ubnd"),
        ("uy ban nhan dan", "ubnd"),
        ("BHXH", "bảo hiểm xã hội"),
        ("CSGT", "cảnh sát giao thông"),
        ("HĐND", "hội đồng nhân dân"),
        ("hdnd", "hội đồng nhân dân"),
        ("đbscl", "đồng bằng sông cửu long"),
        ("GTVT", "giao thông vận tải"),
        ("GD&ĐT", "giáo dục và đào tạo"),
        ("THPT", "trung học phổ thông"),
        ("TTg", "thủ tướng"),
        ("QL1A", "quốc lộ 1 a"),
        ('"ubnd tp.hcm"', "ủy ban nhân dân thành phố hồ chí minh"),
        ("1.353", "1353"),
        ("1353", "1 353"),
        ("1/11", "1 tháng 11"),
        ("#SôngMây", "sôngmây"),
    ],
)
def test_short_and_long_forms_stand_for_each_other(typed: str, also: str) -> None:
    assert also in spelled(typed)


@pytest.mark.parametrize(
    "typed", ["sài gòn", "nhân dân", "hcmx", "ủy bàn nhân dân", "2025", "0912", "31/13", "12", "hà"]
)
def test_what_only_resembles_a_short_form_has_no_other(typed: str) -> None:
    assert all(len(group) == 1 for group in parse_query(typed).groups)


def test_a_name_is_one_run_among_the_words() -> None:
    runs = [term.phrase for term in parse_query("cháy ở thành phố hồ chí minh hôm qua").terms]
    assert runs == [("cháy",), ("ở",), ("thành", "phố", "hồ", "chí", "minh"), ("hôm",), ("qua",)]


def test_a_tag_is_read_apart_and_together() -> None:
    assert parse_query("#HạLong").groups == ((("hạ", "long"), ("hạlong",)),)
    assert parse_query("#du_lịch").groups[0] == (("du", "lịch"),)
    assert parse_query("TikTok").groups[0] == (("tiktok",),)


def test_the_spellings_of_a_run_are_bounded() -> None:
    assert len(other_spellings(("tp", "hcm") * 8)) <= 6
    assert other_numbers("1" * 40) == ()
