"""An article's topic, by its words."""

import importlib.resources
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.defaults import BUILT_IN_TOPICS
from summarizer.topics import TOPICS, classify_topic

CASES = json.loads(Path(__file__).with_name("topic_texts.json").read_text(encoding="utf-8"))
PRECOMPOSED_NEW_STYLE = {"hòa": "hoà", "hóa": "hoá", "tòa": "toà", "thủy": "thuỷ", "ủy": "uỷ"}


@pytest.mark.parametrize(("topic", "title", "sapo", "body"), CASES)
def test_plain_news_of_every_topic_is_told(topic: str, title: str, sapo: str, body: str) -> None:
    assert classify_topic(title, sapo, body) == topic


def test_the_cases_cover_the_built_in_topics() -> None:
    assert set(TOPICS) == set(BUILT_IN_TOPICS) == {topic for topic, *_ in CASES}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Tin",
        "Một ngày",
        "Lorem ipsum dolor sit amet consectetur adipiscing elit",
        "…!?",
        "1 2 3 4",
    ],
)
def test_what_says_too_little_has_no_topic(text: str) -> None:
    assert classify_topic(text, text, text) is None


@pytest.mark.parametrize(("topic", "title", "sapo", "body"), CASES)
def test_a_title_and_a_lead_are_enough(topic: str, title: str, sapo: str, body: str) -> None:
    assert classify_topic(title, sapo or body.split(". ")[0], "") in {topic, None}


def test_words_that_speak_for_several_topics_leave_it_open() -> None:
    """A calendar of the week is about everything, and about nothing for long."""
    title = "Lịch tuần này: từ phiên tòa, kỳ thi, đêm nhạc tới trận bóng"
    body = (
        "Thứ hai có phiên tòa, thứ ba học sinh đi thi, thứ tư khám bệnh, thứ sáu ca sĩ hát, thứ bảy đá bóng."
    )
    assert classify_topic(title, "", body) is None


@pytest.mark.parametrize(("topic", "title", "sapo", "body"), CASES)
def test_the_placement_of_tone_marks_makes_no_difference(
    topic: str, title: str, sapo: str, body: str
) -> None:
    texts = [title, sapo, body]
    for old, new in PRECOMPOSED_NEW_STYLE.items():
        texts = [text.replace(old, new) for text in texts]
    assert classify_topic(*texts) == topic


@given(st.text(), st.text(), st.text())
def test_any_text_gets_a_topic_or_none(title: str, sapo: str, body: str) -> None:
    assert classify_topic(title, sapo, body) in {*TOPICS, None}


def test_most_of_the_demos_articles_are_told_right() -> None:
    """They were not learnt from, and half of them would fit a second topic as well."""
    lines = (
        (importlib.resources.files("bot") / "samples/articles.jsonl").read_text(encoding="utf-8").splitlines()
    )
    rows = [json.loads(line) for line in lines]
    told = [classify_topic(row["title"], row["sapo"], "\n".join(row["body"])) for row in rows]
    answered = [(topic, row["topic"]) for topic, row in zip(told, rows, strict=True) if topic]
    assert len(answered) >= 0.75 * len(rows)
    assert sum(topic == right for topic, right in answered) >= 0.7 * len(answered)


def test_the_packaged_weights_stay_small() -> None:
    packed = (importlib.resources.files("summarizer") / "data/topics.npz").read_bytes()
    assert len(packed) <= 400_000
