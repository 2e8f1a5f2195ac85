"""Which sentences answer a question, and when none does."""

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.model import Document, Piece
from summarizer.questions.answering import MAX_SENTENCES, MAX_SYLLABLES, Answer, answer
from summarizer.questions.query import parse_query
from summarizer.text.syllables import syllables

Builder = Callable[..., Piece]

NOW = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)

BRIDGE = "Cầu Rạch Sấu thông xe sau hai năm xây dựng"
OPENED = "Sáng nay, cầu Rạch Sấu bắc qua kênh Xáng chính thức thông xe sau hai năm xây dựng."
COST = "Cầu Rạch Sấu có vốn đầu tư 120 tỷ đồng, lấy từ ngân sách huyện và tiền góp của dân."
LEANS = "Ông này nói cầu Rạch Sấu sẽ giúp dân đi chợ gần hơn chừng bảy cây số mỗi ngày."
CAPTION = "Cầu Rạch Sấu nhìn từ trên cao trong ngày thông xe."
ELSEWHERE = "Ở xã bên, bến phà Vàm Đước vẫn đông khách qua lại dù giá vé đã tăng."


def texts(found: Answer) -> list[str]:
    return [quote.text for quote in found.quotes]


def asked(question: str, *pieces: Piece) -> Answer:
    """Answer as if these were all the articles: neighbours that stand nowhere else are one word."""
    query = parse_query(question)
    whole = [" ".join(syllables(f"{p.document.title} {p.document.sapo} {p.document.body}")) for p in pieces]
    pairs = [
        (one, other)
        for one, other in pairwise(query.words)
        if 0
        < sum(f" {one} {other} " in f" {text} " for text in whole)
        >= min(sum(f" {word} " in f" {text} " for text in whole) for word in (one, other))
    ]
    return answer(query, pieces, pairs)


def test_the_sentence_that_says_what_was_asked_answers(piece: Builder) -> None:
    found = asked("vốn cầu Rạch Sấu", piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST), summary=()))
    assert found.is_answered
    assert found.cited == (7,)
    assert COST in texts(found)


def test_every_quote_is_what_stands_at_its_place(piece: Builder) -> None:
    one = piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))
    for quote in asked("cau rach sau", one).quotes:
        assert one.document.field(quote.field)[quote.start : quote.end] == quote.text


@pytest.mark.parametrize(
    "question",
    [
        "cầu Rạch Sấu sập",
        "cầu Rạch Cát thông xe",
        "cầu Rạch Sấu 2019",
        "núi lửa Rạch Sấu",
        "phà Vàm Đước chìm",
    ],
)
def test_what_no_sentence_says_is_not_answered(piece: Builder, question: str) -> None:
    assert asked(question, piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))) == Answer()


def test_a_paraphrase_that_lacks_a_word_is_answered(piece: Builder) -> None:
    whole = piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))
    assert asked("cầu Rạch Sấu cuối cùng cũng thông xe sau hai năm ì ạch", whole).is_answered


@pytest.mark.parametrize("question", ["Vàm Đước từ chức", "cầu Rạch Sấu mang thai", "Rạch Sấu trúng số"])
def test_a_known_name_in_what_never_happened_is_not_answered(piece: Builder, question: str) -> None:
    names = (("cầu", "rạch"), ("rạch", "sấu"), ("vàm", "đước"))  # hardly stand apart in the index
    fixed = (*names, ("từ", "chức"), ("mang", "thai"), ("trúng", "số"))
    whole = piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))
    assert answer(parse_query(question), [whole], fixed) == Answer()


def test_another_number_of_the_same_series_does_not_answer(piece: Builder) -> None:
    said = "Chị Lê Thị Mơ giành ngôi quán quân Giọng hát Bến Đò mùa 3 tối qua."
    third = piece(7, title="Chị Mơ là quán quân Giọng hát Bến Đò mùa 3", sentences=(said,))
    assert answer(parse_query("quán quân Giọng hát Bến Đò mùa 3"), [third]).is_answered
    assert answer(parse_query("quán quân Giọng hát Bến Đò"), [third]).is_answered
    assert not answer(parse_query("quán quân Giọng hát Bến Đò mùa 9"), [third]).is_answered


def test_words_whose_marks_are_not_meant_do_not_answer(piece: Builder) -> None:
    said = "Ông Ba thăm Bỉ và chứng kiến lễ ký văn kiện hợp tác giữa hai trường."
    visit = piece(7, title="Ông Ba thăm Bỉ, chứng kiến lễ ký", sentences=(said,))
    assert answer(parse_query("ong Ba tham Bi"), [visit]).is_answered
    assert not answer(parse_query("ong Ba bi kien"), [visit], (("bi", "kien"),)).is_answered


def test_a_question_word_is_answered_by_a_sentence_with_its_kind(piece: Builder) -> None:
    one = piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))
    assert COST in texts(asked("Cầu Rạch Sấu vốn bao nhiêu tiền?", one))


def test_a_question_word_without_its_kind_is_not_answered(piece: Builder) -> None:
    one = piece(7, title=BRIDGE, sentences=(OPENED, ELSEWHERE))
    assert asked("cầu Rạch Sấu thông xe", one).is_answered
    assert not asked("Vì sao cầu Rạch Sấu thông xe?", one).is_answered


def test_the_newest_state_of_a_story_comes_first_and_an_older_figure_is_left_out(piece: Builder) -> None:
    early = "Vụ ngộ độc ở chợ Rạch Sấu đã làm 52 người nhập viện trong ngày đầu tiên xảy ra."
    late = "Đến sáng nay, vụ ngộ độc ở chợ Rạch Sấu đã làm 58 người nhập viện ở ba nơi khác nhau."
    older = piece(1, title="Ngộ độc ở chợ Rạch Sấu", sentences=(early,), hours_ago=30, paper="Báo Bến Đò")
    newer = piece(2, title="Chợ Rạch Sấu: vụ ngộ độc", sentences=(late,), hours_ago=2, paper="Báo Chợ Nổi")
    question = parse_query("ngộ độc chợ Rạch Sấu bao nhiêu người nhập viện")
    found = answer(question, [older, newer], (), {1: 7, 2: 7})
    assert found.cited[0] == 2
    assert texts(found) == [late]
    assert answer(question, [older, newer], (), {1: 7, 2: 8}).cited[0] == 1


def test_an_older_figure_is_left_out_beside_the_headline_of_the_newest_report(piece: Builder) -> None:
    early = "Có 52 người nhập viện vì ngộ độc sau bữa sáng tại chợ Rạch Sấu, phần lớn là tiểu thương."
    late = "Ngành y tế huyện lấy mẫu tìm nguyên nhân khiến chợ Rạch Sấu có người ngộ độc."
    title = "Ngộ độc ở chợ Rạch Sấu: 58 người nhập viện"
    older = piece(1, title="Ngộ độc ở chợ Rạch Sấu", sentences=(early,), hours_ago=30, paper="Báo Bến Đò")
    newer = piece(2, title=title, sentences=(late,), hours_ago=2, paper="Báo Chợ Nổi")
    found = answer(parse_query("ngộ độc chợ Rạch Sấu"), [newer, older], (), {1: 7, 2: 7})
    assert late in texts(found)
    assert early not in texts(found)


def test_a_contrast_that_follows_comes_along(piece: Builder) -> None:
    however = "Tuy nhiên, xe tải trên năm tấn vẫn chưa được qua cầu cho đến cuối tháng này."
    one = piece(7, title=BRIDGE, sentences=(OPENED, however, ELSEWHERE), summary=())
    assert texts(asked("cầu Rạch Sấu thông xe", one))[:2] == [OPENED, however]


def test_words_scattered_over_a_body_are_no_answer(piece: Builder) -> None:
    apart = (
        "Chiếc đò đã cũ lắm rồi, ai cũng nói vậy.",
        ELSEWHERE,
        "Cá sấu sổng khỏi trại nuôi hồi tuần trước.",
    )
    assert not asked("đò cá sấu", piece(7, title="Chuyện ven kênh", sentences=apart)).is_answered


def test_what_the_headlines_write_as_one_word_does_not_answer_apart(piece: Builder) -> None:
    """Of "gia vang" a yellow card has the rarer half, and "giá" is so common that it would not be missed."""
    gold = piece(
        1, title="Giá vàng ở Rạch Sấu tăng", sentences=("Giá vàng ở Rạch Sấu tăng thêm hai triệu đồng.",)
    )
    match = piece(
        2, title="Đội Vàm Đước vô địch", sentences=("Cả trận chỉ có ba thẻ vàng cho hai đội bóng.",)
    )
    assert asked("gia vang", gold, match).cited == (1,)


def test_two_neighbours_answer_together(piece: Builder) -> None:
    two = ("Phà Vàm Đước ngừng chạy từ trưa nay.", "Sở Giao thông khuyên dân đi vòng qua cầu Rạch Sấu.")
    assert asked("phà Vàm Đước đi vòng", piece(7, title="Tin ven kênh", sentences=two)).is_answered


def test_the_headline_answers_and_the_lead_is_shown(piece: Builder) -> None:
    lead = "Sau hai năm, người dân hai bờ kênh Xáng không còn phải đi đò qua lại mỗi ngày."
    found = asked("cầu rạch sấu thông xe", piece(7, title=BRIDGE, sentences=(lead, ELSEWHERE)))
    assert found.is_answered
    assert texts(found)[0] == lead


def test_a_sentence_that_leans_on_another_is_not_shown_alone(piece: Builder) -> None:
    found = asked("cầu Rạch Sấu đi chợ", piece(7, title=BRIDGE, sentences=(ELSEWHERE, LEANS, OPENED)))
    assert found.is_answered
    assert LEANS not in texts(found)


def test_a_caption_gives_way_to_prose(piece: Builder) -> None:
    found = asked("cầu Rạch Sấu thông xe", piece(7, title=BRIDGE, sentences=(CAPTION, OPENED)))
    assert CAPTION not in texts(found)
    assert OPENED in texts(found)


def test_each_paper_says_what_the_others_did_not(piece: Builder) -> None:
    again = "Sáng nay, cầu Rạch Sấu bắc qua kênh Xáng đã chính thức thông xe sau hai năm xây dựng."
    found = asked(
        "cầu Rạch Sấu",
        piece(1, title=BRIDGE, sentences=(OPENED,), paper="Báo Bến Đò"),
        piece(2, title=BRIDGE, sentences=(again,), paper="Báo Chợ Nổi"),
        piece(3, title=BRIDGE, sentences=(COST,), paper="Báo Kênh Xáng"),
    )
    assert texts(found) == [OPENED, COST]
    assert found.cited == (1, 3)


def test_papers_take_turns(piece: Builder) -> None:
    mine = "Báo sớm: cầu Rạch Sấu đông nghịt người xem trong đêm trước lễ khánh thành hôm qua."
    other = "Xe tải trên năm tấn chưa được qua cầu Rạch Sấu cho đến khi đường dẫn làm xong."
    found = asked(
        "cầu Rạch Sấu",
        piece(1, title=BRIDGE, sentences=(OPENED,), paper="Báo Bến Đò"),
        piece(2, title=BRIDGE, sentences=(mine,), paper="Báo Bến Đò"),
        piece(3, title=BRIDGE, sentences=(other,), paper="Báo Chợ Nổi"),
    )
    assert texts(found)[:2] == [OPENED, other]


def test_what_a_source_keeps_to_itself_is_kept(piece: Builder) -> None:
    silent = piece(1, title=BRIDGE, sentences=(OPENED,), quote="none")
    headline = piece(2, title=BRIDGE, sentences=(OPENED,), quote="headline")
    paid = piece(3, title=BRIDGE, sentences=(OPENED,), advertorial=True)
    assert asked("cầu Rạch Sấu", silent, paid) == Answer()
    assert asked("cầu Rạch Sấu", headline) == Answer(True, (), (2,))


def test_beyond_its_lead_no_more_than_a_fifth_of_an_article_is_shown(piece: Builder) -> None:
    short = piece(1, title=BRIDGE, sentences=(ELSEWHERE, COST), syllables=60)
    assert asked("vốn cầu Rạch Sấu", short) == Answer(True, (), (1,))


def test_a_round_up_answers_no_question_about_its_parts(piece: Builder) -> None:
    lead = "Cầu Rạch Sấu thông xe sáng nay; giá lúa ở Vàm Đước tăng ba ngày liền."
    bulletin = piece(
        7, title="Điểm tin 6h: Cầu Rạch Sấu thông xe | Giá lúa tăng", sentences=(lead, ELSEWHERE)
    )
    report = piece(8, title=BRIDGE, sentences=(OPENED, ELSEWHERE, COST))
    assert not asked("cầu Rạch Sấu thông xe", bulletin).is_answered
    assert asked("cầu Rạch Sấu thông xe", bulletin, report).cited == (8,)


def test_a_question_of_filters_alone_is_answered_by_what_there_is(piece: Builder) -> None:
    assert asked("nguon:bao-ben-do", piece(1, title=BRIDGE)) == Answer(is_answered=True)
    assert asked("nguon:bao-ben-do") == Answer()


def test_what_shares_nothing_but_a_common_syllable_is_not_worth_a_look(piece: Builder) -> None:
    clock = piece(1, title="Phi công có hơn năm nghìn giờ bay", sentences=(ELSEWHERE,))
    bridge = piece(2, title=BRIDGE, sentences=(OPENED, ELSEWHERE))
    assert asked("mấy giờ rồi", clock).unrelated == (1,)
    assert asked("cầu Rạch Sấu động đất", bridge).unrelated == ()


def test_nothing_found_is_no_answer() -> None:
    assert asked("cầu Rạch Sấu") == Answer()


_SENTENCES = st.lists(st.sampled_from([OPENED, COST, LEANS, CAPTION, ELSEWHERE, BRIDGE]), max_size=6)


@given(
    st.sampled_from(["cầu Rạch Sấu", "cau rach sau thong xe", '"kênh xáng"', "phà", "a", "-cầu xe"]),
    st.lists(_SENTENCES, max_size=5),
)
def test_an_answer_fits_a_phone_and_is_word_for_word(question: str, bodies: list[list[str]]) -> None:
    pieces = [built(number, " ".join(body)) for number, body in enumerate(bodies, start=1)]
    found = answer(parse_query(question), pieces)
    by_id = {one.article_id: one.document for one in pieces}
    assert len(found.quotes) <= MAX_SENTENCES
    assert sum(len(syllables(text)) for text in texts(found)) <= MAX_SYLLABLES
    for quote in found.quotes:
        assert by_id[quote.article_id].field(quote.field)[quote.start : quote.end] == quote.text
        assert quote.article_id in found.cited


def built(number: int, body: str) -> Piece:
    """Return an article of a paper of its own, with room for quoting."""
    document = Document(BRIDGE, "", body + "\n" + "chuyện khác nữa " * 200)
    return Piece(
        number,
        document,
        (),
        f"bao-{number}",
        f"Báo {number}",
        None,
        None,
        None,
        NOW,
        "full",
        advertorial=False,
    )
