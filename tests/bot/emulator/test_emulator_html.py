"""Telegram's HTML: what it becomes and what is refused, case by case, and properties of both."""

import contextlib
import html
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.emulator.markup.entities import Entity, FormattedText, render_html, utf16_length, utf16_slice
from bot.emulator.markup.html_parser import parse_html
from bot.emulator.refusals import Refusal

CASES = json.loads(Path(__file__).with_name("html_cases.json").read_text("utf-8"))

texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'ạ📰 \n"), max_size=60)


def shape(entity: Entity) -> list[object]:
    """An entity as the cases write it: type, offset, length, and a detail where there is one."""
    detail = entity.url or entity.language or entity.custom_emoji_id
    return [entity.type, entity.offset, entity.length, *([detail] if detail else [])]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [row[1:] for row in CASES["parsed"]],
    ids=[row[0] for row in CASES["parsed"]],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[list[object]]) -> None:
    parsed = parse_html(source)
    assert (parsed.text, [shape(entity) for entity in parsed.entities]) == (text, entities)


@pytest.mark.parametrize(
    ("source", "reason"), [row[1:] for row in CASES["refused"]], ids=[row[0] for row in CASES["refused"]]
)
def test_wrong_html_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_html(source)
    assert caught.value.as_json() == {
        "ok": False,
        "error_code": 400,
        "description": f"Bad Request: can't parse entities: {reason}",
    }


@given(texts)
@example("&amp;lt;")
@example("👨‍👩‍👧‍👦 <b>")
def test_escaped_text_comes_back_whole(text: str) -> None:
    assert parse_html(html.escape(text)) == FormattedText(text)


@given(texts, texts.filter(bool), texts)
def test_an_entity_covers_exactly_its_words(before: str, inside: str, after: str) -> None:
    parsed = parse_html(f"{html.escape(before)}<b>{html.escape(inside)}</b>{html.escape(after)}")
    (bold,) = parsed.entities
    assert utf16_slice(parsed.text, bold.offset, bold.end) == inside
    assert bold.offset == utf16_length(before)


@given(st.text(st.sampled_from("<>/abipre &;=\"'#x1expandablockqut-sp\n"), max_size=40))
def test_any_html_is_parsed_or_refused(source: str) -> None:
    """Nothing but a refusal may come out, whatever goes in."""
    with contextlib.suppress(Refusal):
        parsed = parse_html(source)
        assert all(0 <= entity.offset < entity.end <= utf16_length(parsed.text) for entity in parsed.entities)


styles = st.sampled_from(["b", "i", "u", "s", "tg-spoiler"])
trees = st.recursive(
    texts.map(html.escape),
    lambda inner: st.tuples(styles, inner, inner).map("<{0[0]}>{0[1]}</{0[0]}>{0[2]}".format),
)


@given(trees)
def test_rendered_html_means_the_same(source: str) -> None:
    parsed = parse_html(source)
    assert parse_html(render_html(parsed)) == parsed


def test_a_date_has_its_moment_and_nothing_but_digits() -> None:
    [date] = parse_html('Lúc <tg-time unix="1764373500">06:45</tg-time>').entities
    assert (date.type, date.offset, date.length, date.unix_time) == ("date_time", 4, 5, 1764373500)
    with pytest.raises(Refusal, match="unix time"):
        parse_html('<tg-time unix="mai">06:45</tg-time>')
