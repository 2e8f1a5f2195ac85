"""The rankers seen as sumy sees them."""

import warnings

import pytest
from sumy.summarizers._summarizer import AbstractSummarizer

from summarizer.extraction.ranking import RANKERS, Count, NewsRanker, Tokenizer, document_of, make_ranker
from summarizer.extraction.selection import SummaryLimits

SENTENCES = [
    "Bến Mơ khởi công cầu Sao bắc qua sông Mơ.",
    "Cầu Sao dài 1,2 km và có bốn làn xe.",
    "Người dân mong cầu Sao xong trước mùa mưa.",
]


def test_our_ranker_is_one_of_sumys() -> None:
    assert isinstance(make_ranker("diemtin"), AbstractSummarizer)


def test_syllables_with_marks_and_digits_reach_sumy() -> None:
    assert Tokenizer().to_words("Cầu số 2, TP.HCM") == ("cầu", "số", "2", "tp", "hcm")
    assert Tokenizer().to_sentences("TP. HCM mưa. Trời tối.") == ("TP. HCM mưa.", "Trời tối.")


def test_the_title_is_a_heading_and_no_sentence() -> None:
    document = document_of(["Cầu Sao"], [SENTENCES])
    assert [str(heading) for heading in document.headings] == ["Cầu Sao"]
    assert [str(sentence) for sentence in document.sentences] == SENTENCES


@pytest.mark.parametrize("name", sorted(RANKERS))
def test_every_ranker_takes_sumys_plain_count(name: str) -> None:
    chosen = make_ranker(name)(document_of(["Khởi công cầu Sao"], [SENTENCES]), 2)
    assert len(chosen) == 2
    assert all(str(sentence) in SENTENCES for sentence in chosen)


@pytest.mark.parametrize("name", sorted(RANKERS))
@pytest.mark.parametrize(
    "texts", [["Một hai ba bốn."], ["Một hai.", "Ba bốn."], ["Một hai.", "Một hai.", "..."]]
)
def test_no_ranker_warns_of_sentences_without_a_word_in_common(name: str, texts: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make_ranker(name)(document_of(["Tin"], [texts]), Count(SummaryLimits(sentences=1)))


@pytest.mark.parametrize("name", sorted(RANKERS))
def test_a_document_without_sentences_gives_none(name: str) -> None:
    assert make_ranker(name)(document_of(["Tin"], [[]]), Count(SummaryLimits())) == ()


def test_a_count_leaves_out_what_does_not_fit_and_goes_on() -> None:
    chosen = NewsRanker()(document_of(["Cầu Sao"], [SENTENCES]), Count(SummaryLimits(syllables=10)))
    assert sum(len(sentence.words) for sentence in chosen) <= 10
    assert len(chosen) == 1
