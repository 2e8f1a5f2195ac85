import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.model import Document, Place
from summarizer.questions.phrases import MOST_READ
from summarizer.questions.query import parse_query
from summarizer.questions.snippets import Snippet, best_snippet

_LONG = (
    "Theo kế hoạch vừa được thông qua sáng nay tại trụ sở, đơn vị thi công sẽ bắt đầu đóng cọc ở bờ Bắc "
    "từ tháng sau, rồi chuyển dần sang bờ Nam, nơi người dân xóm Chài đã bàn giao mặt bằng cho dự án cầu "
    "Sông Mây và nhận đủ tiền đền bù theo đúng cam kết của tỉnh từ đầu năm ngoái."
)


def marked(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.marks]


def snippet_of(body: str, query: str, *, title: str = "Tin", sapo: str = "", max_chars: int = 200) -> Snippet:
    return best_snippet(Document(title, sapo, body), parse_query(query), max_chars)


def test_the_sentence_with_most_of_the_words_is_shown() -> None:
    snippet = snippet_of("Cầu dài hai cây số. Cầu Sông Mây thông xe hôm qua. Sông cạn.", "cau song may")
    assert snippet.text == "Cầu Sông Mây thông xe hôm qua."
    assert marked(snippet) == ["Cầu", "Sông", "Mây"]
    assert snippet.place == Place(0, "body", 20, 50)


def test_neighbours_are_better_than_scattered_words() -> None:
    snippet = snippet_of("Mây che kín mặt sông. Người ta gọi đó là sông Mây.", "sông mây")
    assert snippet.text == "Người ta gọi đó là sông Mây."


def test_among_equals_the_first_is_shown_and_the_sapo_comes_before_the_body() -> None:
    snippet = snippet_of("Sông Mây cạn. Sông Mây đầy.", "song may", sapo="Sông Mây gọi.")
    assert (snippet.text, snippet.place.field) == ("Sông Mây gọi.", "sapo")


def test_words_typed_with_marks_are_marked_where_they_stand_so() -> None:
    snippet = snippet_of("Họ hà hơi vào kính khi tàu đến Hạ Long.", "hạ long")
    assert marked(snippet) == ["Hạ", "Long"]


def test_words_typed_with_wrong_marks_are_still_shown() -> None:
    assert marked(snippet_of("Đường phố ngập.", "dường")) == ["Đường"]


def test_the_other_tone_style_is_marked() -> None:
    assert marked(snippet_of("Nhà máy thuỷ điện Hoà An.", "thủy điện hòa an")) == [
        "thuỷ",
        "điện",
        "Hoà",
        "An",
    ]


def test_a_phrase_is_marked_only_as_a_whole() -> None:
    snippet = snippet_of("Du khách xem lịch trước khi đi du lịch.", '"du lịch"')
    assert marked(snippet) == ["du lịch"]


def test_marks_that_overlap_are_joined() -> None:
    assert marked(snippet_of("Tàu ra vịnh Hạ Long.", '"vịnh hạ" "hạ long"')) == ["vịnh Hạ Long"]


def test_letters_and_digits_are_marked_together() -> None:
    assert marked(snippet_of("Đội U23 thắng, đội U-21 thua.", "u23")) == ["U23"]


def test_without_a_match_the_first_sentence_is_shown_unmarked() -> None:
    snippet = snippet_of("Trời mưa. Gió to.", "hạ long")
    assert (snippet.text, snippet.marks) == ("Trời mưa.", ())


def test_the_title_is_shown_only_where_there_is_nothing_else() -> None:
    assert snippet_of("Trời mưa.", "hạ long", title="Hạ Long").text == "Trời mưa."
    assert snippet_of(" \n", "hạ long", title="Hạ Long đón khách") == Snippet(
        "Hạ Long đón khách", (), Place(0, "title", 0, 17)
    )


def test_an_article_without_text_has_an_empty_snippet() -> None:
    assert snippet_of("", "hạ long", title="") == Snippet("", (), Place(0, "title", 0, 0))


def test_a_long_sentence_is_cut_around_the_words_and_says_so() -> None:
    snippet = snippet_of(_LONG, "cau song may", max_chars=100)
    assert marked(snippet) == ["cầu", "Sông", "Mây"]
    assert len(snippet.text) <= 100
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
    assert snippet.text.strip("…") == _LONG[snippet.place.start : snippet.place.end]


def test_a_long_sentence_is_cut_between_words() -> None:
    for size in range(20, 200):
        snippet = snippet_of(_LONG, "cau song may", max_chars=size)
        place = snippet.place
        assert len(snippet.text) <= size
        assert not _LONG[place.start - 1 : place.start].strip()
        assert not _LONG[place.end : place.end + 1].strip()


def test_a_whole_sentence_is_preferred_to_a_cut_one() -> None:
    assert snippet_of(f"{_LONG} Cầu Sông Mây đẹp.", "cau song may").text == "Cầu Sông Mây đẹp."


_TEXT = st.text(st.sampled_from("aạăđhHlLoòngư .!?…\n-“”😀字3\u0301"), max_size=300) | st.text(max_size=300)


@given(_TEXT, _TEXT, _TEXT, st.integers(10, 80))
def test_a_snippet_is_cut_out_of_the_article_and_fits(sapo: str, body: str, typed: str, size: int) -> None:
    document = Document("Hạ Long", sapo, body)
    snippet = best_snippet(document, parse_query(typed), size)
    shown = document.field(snippet.place.field)[snippet.place.start : snippet.place.end]
    assert snippet.text in (shown, f"…{shown}", f"{shown}…", f"…{shown}…")
    assert len(snippet.text) <= size
    flat = [at for mark in snippet.marks for at in mark]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.marks)


def test_in_a_long_sentence_the_stretch_with_most_different_words_is_shown() -> None:
    sentence = "mưa " * 2_000 + "rồi lũ về sau mưa " + "đá " * 20_000
    snippet = snippet_of(sentence, "mưa lũ đá")
    assert "lũ về" in snippet.text
    assert set(marked(snippet)) >= {"mưa", "lũ"}
    assert len(snippet.text) <= 200


@pytest.mark.parametrize("line", ["a\r\n", "một\n", "ㅤ\n", "1. ", "A. "])
def test_of_a_long_text_only_the_beginning_is_read(line: str) -> None:
    document = Document("Tin", "", (line * 1_000_000)[:1_000_000] + "\nMưa lớn ở Hà Nội.")
    found = best_snippet(document, parse_query("hà nội một a 1"))
    assert found.place.end <= MOST_READ


def test_a_sentence_that_is_cut_off_where_reading_ends_is_not_shown_as_whole() -> None:
    body = "Trời mưa. " * (MOST_READ // 10 - 1) + "Khách đến Hạ Long vào buổi sáng. Gió to."
    assert best_snippet(Document("Tin", "", body), parse_query("hạ long")).text == "Trời mưa."
    assert best_snippet(Document("Tin", "", body[1_000:]), parse_query("hạ long")).text.startswith("Khách")


def test_a_phrase_is_not_found_over_a_line_break() -> None:
    document = Document("Tin", "", "Chợ họp ở Hà\nNội dung cuộc họp. Ở Hà Nội trời mưa.")
    assert best_snippet(document, parse_query("hà nội")).text == "Ở Hà Nội trời mưa."


def test_an_alerts_sentence_leans_on_none_that_is_not_shown() -> None:
    body = "Tuy nhiên, giá vàng vẫn giảm. Giá vàng còn 92 triệu đồng. Theo đó, giá vàng đứng yên."
    query = parse_query("giá vàng")
    assert best_snippet(Document("Tin", body=body), query).text == "Tuy nhiên, giá vàng vẫn giảm."
    found = best_snippet(Document("Tin", body=body), query, stands_alone=True)
    assert (found.text, found.marks) == ("Giá vàng còn 92 triệu đồng.", ((0, 3), (4, 8)))
    leaning = "Trước đó, giá vàng tăng. Chợ vàng thưa người. Nhưng giá vàng còn cao."
    assert (
        best_snippet(Document("Tin", body=leaning), query, stands_alone=True).text == "Chợ vàng thưa người."
    )
    only = "Trước đó, giá vàng tăng."
    assert best_snippet(Document("Vàng", body=only), query, stands_alone=True).text == "Vàng"
