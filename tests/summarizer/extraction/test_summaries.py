"""Summaries: whole sentences, word for word, in their places, and none that is no prose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.extraction.ranking import RANKERS, UnknownRankerError
from summarizer.extraction.summaries import summarize
from summarizer.model import Document, Summary
from summarizer.text.cleaning import clean_body
from summarizer.text.openings import is_dangling
from summarizer.text.syllables import syllables

TITLE = "Bến Mơ khởi công cầu Sao"
BODY = """Sáng 4/11, thành phố Bến Mơ khởi công cầu Sao bắc qua sông Mơ với vốn 900 tỷ đồng.
Cầu Sao nối hai bờ sông Mơ lúc bình minh.
Cầu Sao nối hai bờ sông Mơ lúc bình minh.
Tuy nhiên, người dân lo cầu Sao sẽ chậm tiến độ như lần trước.
Ba lần đổi thiết kế
Theo chủ đầu tư, cầu Sao dài 1,2 km, có bốn làn xe và sẽ thông xe sau hai năm. Phà Sao vẫn chạy đến khi đó.
Ông Trần Văn Mẫu, chủ một quán ăn bên sông, mong khách sẽ ghé nhiều hơn khi có cầu.
Xem thêm: Phà Sao chạy chuyến cuối
Ảnh: An Nhiên
Nguyễn Mẫu
Nguồn Bến Mơ: https://benmo.example/cau-sao"""
SAPO = "Cây cầu lớn nhất vùng bắt đầu được xây sau hai năm chuẩn bị."
NO_PROSE = ("Ba lần đổi", "lúc bình minh", "Xem thêm", "Ảnh:", "Nguyễn Mẫu", "Nguồn", "http")


def article(title: str = TITLE, sapo: str = "", body: str = BODY) -> Document:
    return Document(title, sapo, body)


def texts(summary: Summary) -> list[str]:
    return [sentence.text for sentence in summary]


def assert_in_place(documents: list[Document], summary: Summary) -> None:
    for sentence in summary:
        place = sentence.place
        assert sentence.text == documents[place.document].field(place.field)[place.start : place.end]
        assert place.field in ("sapo", "body")


def test_the_sentence_that_tells_the_title_comes_first() -> None:
    assert texts(summarize([article()], sentences=1)) == [BODY.split("\n")[0]]


def test_left_to_itself_the_summary_is_one_sentence_or_two() -> None:
    assert 1 <= len(summarize([article()])) <= 2


@pytest.mark.parametrize("ranker", sorted(RANKERS))
@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_no_ranker_shows_what_is_no_prose(ranker: str, count: int) -> None:
    summary = summarize([article()], sentences=count, ranker=ranker)
    assert len(summary) == min(count, 5)
    assert not any(mark in text for text in texts(summary) for mark in NO_PROSE)
    assert_in_place([article()], summary)


@pytest.mark.parametrize("ranker", sorted(RANKERS))
@pytest.mark.parametrize("limit", [1, 19, 20, 40, 60, 1000])
def test_whole_sentences_stay_within_the_syllables_allowed(ranker: str, limit: int) -> None:
    summary = summarize([article()], max_syllables=limit, ranker=ranker)
    assert sum(len(syllables(text)) for text in texts(summary)) <= limit
    assert_in_place([article()], summary)
    if limit == 1000:
        assert len(summary) == 5


def test_a_sentence_too_long_is_left_out_and_the_next_one_taken() -> None:
    shortest = min(
        (text for text in texts(summarize([article()], sentences=9))), key=lambda t: len(syllables(t))
    )
    assert texts(summarize([article()], max_syllables=len(syllables(shortest)))) == [shortest]


def test_an_unknown_ranker_is_named_in_the_error() -> None:
    with pytest.raises(UnknownRankerError, match="kinh-nghiem"):
        summarize([article()], ranker="kinh-nghiem")


def test_the_sapo_comes_first_and_the_body_adds_to_it() -> None:
    documents = [article(sapo=SAPO)]
    summary = summarize(documents)
    assert texts(summary)[0] == SAPO
    assert [sentence.place.field for sentence in summary] == ["sapo", "body"]
    assert_in_place(documents, summary)


def test_a_sapo_that_says_the_title_again_is_not_shown() -> None:
    summary = summarize([article(sapo=TITLE + ".")])
    assert [sentence.place.field for sentence in summary] in (["body"], ["body", "body"])


def test_a_body_sentence_that_repeats_the_sapo_is_not_shown_beside_it() -> None:
    sapo = "Thành phố Bến Mơ khởi công cầu Sao bắc qua sông Mơ với vốn 900 tỷ đồng, cầu lớn nhất vùng."
    summary = summarize([article(sapo=sapo)])
    assert texts(summary)[0] == sapo
    assert "900 tỷ đồng" not in " ".join(texts(summary)[1:])


def test_a_feed_item_is_summed_up_by_its_description() -> None:
    document = Document("Sao Mai vỡ nợ", "Công ty này không trả được khoản lãi 200 triệu đồng đúng hạn")
    assert texts(summarize([document])) == [document.sapo]


@pytest.mark.parametrize(
    "document",
    [
        Document("Chỉ có tiêu đề"),
        Document("Tin ảnh", body="Ảnh: An Nhiên\nhttps://tinsang.example/1"),
        Document("", body=" \n\t\n"),
        Document("Lũ rút", sapo="Lũ rút."),
        Document("Lũ rút", sapo="!!!", body="..."),
    ],
)
def test_nothing_usable_gives_an_empty_summary(document: Document) -> None:
    assert summarize([document]) == ()
    assert summarize([document, document], max_syllables=100) == ()


def test_no_documents_give_an_empty_summary() -> None:
    assert summarize([]) == ()


def test_the_title_is_never_shown_even_where_the_body_says_it() -> None:
    body = f"{TITLE}. Phà Sao vẫn chạy cho đến khi cầu thông xe sau hai năm nữa. {TITLE}."
    assert TITLE + "." not in texts(summarize([article(body=body)], sentences=3))


def test_a_sentence_that_leans_on_one_not_shown_is_avoided() -> None:
    body = (
        "Giá gạo tại Bến Mơ tăng 5% trong tuần qua do mưa kéo dài ở nhiều nơi. "
        "Theo đó, giá gạo tại Bến Mơ tăng lên mức cao nhất trong ba năm qua. "
        "Các đại lý cho biết lượng gạo về chợ Bến Mơ mỗi ngày giảm một nửa so với tháng trước."
    )
    assert not is_dangling(texts(summarize([Document("Giá gạo tại Bến Mơ tăng", body=body)], sentences=1))[0])


def test_places_point_into_the_raw_text_not_the_repaired_one() -> None:
    raw = "\ufeff" + BODY.replace("Đ", "Ð").replace("ế", "e\u0302\u0301").replace(" ", "\u200b ", 9).replace(
        "\n", "\r\n"
    )
    documents = [article(body=raw)]
    summary = summarize(documents, sentences=2)
    assert_in_place(documents, summary)
    assert [syllables(text) for text in texts(summary)] == [
        syllables(text) for text in texts(summarize([article()], sentences=2))
    ]


def test_a_story_takes_from_several_papers_and_repeats_nothing() -> None:
    documents = [
        Document("Lũ lớn ở Bến Mơ", body="Lũ trên sông Mơ lên nhanh, ba xã bị cô lập. Trường học đóng cửa."),
        Document("Ba xã Bến Mơ bị cô lập", body="Lũ trên sông Mơ lên nhanh, ba xã bị cô lập. Quân đội đưa "
                 "hai trăm người dân vùng thấp đến nơi an toàn trong đêm."),
    ]  # fmt: skip
    summary = summarize(documents, max_syllables=60)
    assert_in_place(documents, summary)
    said = texts(summary)
    assert said[0].startswith("Lũ trên sông Mơ")
    assert any("Quân đội" in text for text in said[:2])


def test_an_article_of_a_story_without_body_is_read_by_its_sapo() -> None:
    documents = [
        Document("Lũ lớn", "Lũ trên sông Mơ lên nhanh sáng nay, ba xã bị cô lập."),
        Document("Lũ lớn ở Bến Mơ"),
    ]
    assert [sentence.place.field for sentence in summarize(documents)] == ["sapo"]


PIECES = st.sampled_from(
    [
        *BODY.split("\n"),
        SAPO,
        TITLE,
        "",
        "Ðảng bộ họp.\r",
        "a\u0301\u200b!",
        "\x00",
        "😀😀 mưa to quá trời.",
        "x" * 300,
    ]
)
ANY_DOCUMENT = st.builds(
    Document,
    title=st.one_of(PIECES, st.text(max_size=30)),
    sapo=st.one_of(PIECES, st.text(max_size=30)),
    body=st.one_of(st.lists(PIECES, max_size=8).map("\n".join), st.text(max_size=80)),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(ANY_DOCUMENT, max_size=3),
    st.one_of(st.none(), st.integers(0, 4)),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_every_sentence_of_any_document_is_the_slice_at_its_place(
    documents: list[Document], sentences: int | None, limit: int | None
) -> None:
    summary = summarize(documents, sentences=sentences, max_syllables=limit)
    assert_in_place(documents, summary)
    assert sentences is None or len(summary) <= sentences
    assert len({sentence.place for sentence in summary}) == len(summary)


def test_a_book_is_summed_up_within_the_time_limit() -> None:
    """Likeness costs the square of the sentences, so their number is bounded."""
    book = "\n".join(
        f"Chương {i} kể chuyện làng Mơ năm {i} khi lũ về và người làng dựng lại chợ." for i in range(20_000)
    )
    assert len(summarize([article(body=book)], sentences=2)) == 2


def test_a_sentence_that_leans_on_one_follows_it_in_a_story() -> None:
    first = "Nước sông Mơ dâng nhanh trong đêm, ba xã ven sông của huyện Bến Mơ bị cô lập từ sáng sớm."
    leaning = (
        "Theo đó, hơn hai trăm hộ dân của ba xã ven sông được đưa đến trường học ở vùng cao ngay sáng nay."
    )
    documents = [
        Document("Lũ lớn ở Bến Mơ", body=f"{first} {leaning}"),
        Document(
            "Ba xã bị cô lập",
            body="Huyện Bến Mơ huy động quân đội mang lương thực đến ba xã bị cô lập vì lũ.",
        ),
    ]
    said = texts(summarize(documents, sentences=3))
    assert said.index(leaning) == said.index(first) + 1


def test_a_sentence_that_leans_on_the_sapo_is_no_lead_of_a_story() -> None:
    leaning = "Theo đó, hơn hai trăm hộ dân của ba xã ven sông được đưa đến trường học ở vùng cao."
    other = "Nước sông Mơ dâng nhanh trong đêm, ba xã ven sông của huyện Bến Mơ bị cô lập từ sáng sớm."
    documents = [Document("Lũ lớn ở Bến Mơ", body=leaning), Document("Ba xã bị cô lập", body=other)]
    assert texts(summarize(documents, sentences=1)) == [other]


def test_a_caption_among_the_sentences_is_not_preferred_to_prose() -> None:
    body = (
        "Công nhân thi công cầu Sao tại Bến Mơ. "
        "Sáng nay, thành phố cho biết cầu Sao ở Bến Mơ sẽ thông xe vào tháng tới, sớm hơn kế hoạch nửa năm. "
        "Chủ đầu tư cũng cho biết các hạng mục còn lại đang được hoàn thiện."
    )
    said = texts(summarize([Document("Cầu Sao tại Bến Mơ sắp thông xe", body=body)], sentences=1))
    assert said[0].startswith("Sáng nay")


def test_a_cleaned_body_has_the_same_summary_whether_it_is_cleaned_again_or_not() -> None:
    clean = Document(TITLE, body=clean_body(f"{BODY}\nẢnh: An Nhiên\nMộc Miên", title=TITLE).text)
    assert summarize([clean], is_clean=True) == summarize([clean]) != ()
