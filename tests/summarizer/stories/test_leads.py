"""What is read of a headline and a lead."""

import datetime as dt

import numpy as np
import pytest

from summarizer.stories.leads import IN_LEAD, IN_TITLE, IS_NAME, IS_WORD, Lead, lead_of
from summarizer.stories.terms import term_hashes

NIGHT = dt.datetime(2026, 9, 12, 18, 30, tzinfo=dt.UTC)  # 1.30 of the 13th in Vietnam


def lead(title: str, sapo: str = "", body: str = "", published: dt.datetime | None = None) -> Lead:
    return lead_of(title, sapo, body, published)


def flags_of(found: Lead, *words: str) -> int:
    term = term_hashes(words)[-1]
    return int(found.flags[np.flatnonzero(found.hashes == term)[0]])


def test_names_and_other_words_are_told_apart_by_their_capitals() -> None:
    found = lead("Công an Vĩnh Thượng bắt ông Lê Bá Khoát")
    assert flags_of(found, "khoát") & IS_NAME
    assert flags_of(found, "bá", "khoát") & IS_NAME
    assert flags_of(found, "bắt") & IS_WORD
    assert not flags_of(found, "bắt", "ông") & IS_NAME
    assert flags_of(found, "công") & IS_WORD  # opens the sentence
    assert not flags_of(found, "ông", "lê") & (IS_NAME | IS_WORD)  # half a name


def test_an_acronym_is_a_name_wherever_it_stands_and_a_shouted_headline_has_none() -> None:
    assert flags_of(lead("UBND tỉnh họp"), "ubnd") & IS_NAME
    shouted = lead("NÓNG BẮT KẺ CƯỚP TIỆM VÀNG Ở VẠN CÁT")
    assert not (shouted.flags & IS_NAME).any()


def test_where_a_term_stands_is_kept() -> None:
    found = lead("Cháy chợ Bến Cau", "Chợ Bến Cau cháy lúc rạng sáng.")
    assert flags_of(found, "chợ") & IN_TITLE
    assert flags_of(found, "chợ") & IN_LEAD
    assert not flags_of(found, "rạng") & IN_TITLE


def test_without_a_lead_the_start_of_the_body_stands_for_it() -> None:
    found = lead("Cháy chợ Bến Cau", " ", "Ngọn lửa bùng lên ở dãy sạp vải. " * 50)
    assert flags_of(found, "sạp", "vải") & IN_LEAD


def test_days_are_no_words_and_no_figures() -> None:
    found = lead("Nghỉ lễ 2-9: 5 ngày", "Từ 29.8 đến 2/9/2026, người lao động nghỉ 5 ngày, giảm 2,5%.")
    assert found.days == {(9, 2), (8, 29)}
    assert found.numbers == {"5", "2.5"}
    assert term_hashes(["9"])[0] not in found.hashes


@pytest.mark.parametrize("title", ["Tân Lập thắng Bình An 3-1", "Hòa 2-2, hai đội chia điểm", "Tỷ số 1-2"])
def test_a_score_is_no_day(title: str) -> None:
    assert not lead(title).days


def test_the_day_of_a_daily_report_is_the_headlines_else_that_of_its_publication() -> None:
    assert lead("Giá vàng hôm nay 14-9", "", "", NIGHT).day == (9, 14)
    assert lead("Giá vàng tăng vọt", "Sáng 12-9, giá vàng tăng.", "", NIGHT).day == (9, 12)
    assert lead("Giá vàng tăng vọt", "", "", NIGHT).day == (9, 13)
    assert lead("Giá vàng tăng vọt").day is None
    assert lead("Cháy chợ Bến Cau", "", "", NIGHT).day is None


def test_advice_is_known_by_its_formula() -> None:
    assert lead("5 sai lầm khi luộc trứng").is_advice
    assert lead("Uống gì để ngủ ngon?").is_advice
    assert not lead("5 người bị thương trong vụ cháy").is_advice


def test_the_same_words_in_another_spelling_are_the_same_terms() -> None:
    one, other = lead("Thuỷ điện Hoà Bình xả lũ"), lead("Thủy điện Hòa Bình xả lũ")
    np.testing.assert_array_equal(one.hashes, other.hashes)


def test_nothing_has_no_terms() -> None:
    assert lead("…").hashes.size == 0
    assert not lead("…").meaning.any()
