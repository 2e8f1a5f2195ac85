"""Which neighbouring words of a question are one word."""

from hypothesis import given
from hypothesis import strategies as st

from summarizer.model import Document
from summarizer.questions.query import parse_query
from summarizer.questions.sought import compounded
from summarizer.questions.watching import Head

HEADS = ["Tai nạn giao thông ở Hà Nội", "Hà Nội: tai nạn giao thông tăng", "Tai nạn giao thông Hà Nội giảm"]


def words(question: str, *titles: str) -> list[str]:
    groups = compounded(parse_query(question).groups, [Head(Document(title)) for title in titles])
    return [" ".join(group[0]) for group in groups]


def test_words_that_stand_side_by_side_wherever_both_are_belong_together() -> None:
    assert words("tai nạn giao thông Hà Nội", *HEADS) == ["tai nạn giao thông", "hà nội"]


def test_words_without_marks_are_told_by_any() -> None:
    assert words("tai nan giao thong ha noi", *HEADS) == ["tai nan giao thong", "ha noi"]


def test_once_is_enough_for_words_that_belong_to_no_other() -> None:
    apart = ("Khủng bố ở Long Biên", "Ông Long và khủng hoảng")
    assert words("khủng long", *apart, "Hóa thạch khủng long") == ["khủng long"]
    assert words("khủng long", *apart) == ["khủng", "long"]


def test_a_number_at_the_end_belongs_to_what_it_counts() -> None:
    apart = "Điện thoại của 12 người"
    assert words("điện thoại 12", apart) == ["điện thoại 12"]
    assert words("điện thoại 12 người", apart) == ["điện thoại", "12 người"]
    assert words("điện thoại 2019", apart) == ["điện thoại", "2019"]


def test_a_name_with_other_spellings_stays_as_it_is() -> None:
    assert words("giá vàng tphcm mưa", "Giá vàng TPHCM mưa") == ["giá vàng", "tphcm", "mưa"]


@given(st.lists(st.sampled_from(["giá", "vàng", "mưa", '"hà nội"', "tphcm"]), unique=True), st.text())
def test_no_word_is_lost_or_turned_round(asked: list[str], title: str) -> None:
    query = parse_query(" ".join(asked))
    joined = compounded(query.groups, [Head(Document(title)), Head(Document("Giá vàng mưa"))])
    assert tuple(word for group in joined for word in group[0]) == query.words
