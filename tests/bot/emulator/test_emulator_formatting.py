"""What Telegram does to a text after parsing: cleaning, trimming, detecting, capping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emulator.markup.entities import Entity, FormattedText, utf16_length, utf16_slice
from bot.emulator.markup.formatting import MAX_ENTITIES, format_text, is_blank, tidy
from bot.emulator.refusals import Refusal


def shown(source: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of `source`, and the type and words of each entity."""
    kept = format_text(source, "HTML")
    return kept.text, [(row.type, utf16_slice(kept.text, row.offset, row.end)) for row in kept.entities]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("  Tin \n", "Tin"),
        ("a\tb\x00c\x0bd", "a b c d"),
        ("a\r\nb", "a\nb"),
        ("a\u202eb\u2028c\u202a", "abc"),
        ("a\n\n\n\nb", "a\n\n\n\nb"),
        ("\u200b\u200bTin", "\u200b\u200bTin"),
    ],
)
def test_text_is_cleaned_and_trimmed(source: str, text: str) -> None:
    assert format_text(source, "").text == text


def test_trimming_shortens_the_entities_at_the_end() -> None:
    assert shown("<b>Tin </b> \n<i> </i>") == ("Tin", [("bold", "Tin")])


def test_blanks_inside_the_first_entity_stay() -> None:
    assert shown("  <b> Tin</b>") == (" Tin", [("bold", " Tin")])


def test_entities_keep_their_words_when_characters_go() -> None:
    assert shown("a\r\u202e<b>📰\rb</b>c") == ("a📰bc", [("bold", "📰b")])


@pytest.mark.parametrize(
    ("source", "entities"),
    [
        ("<b>a</b><b>b</b>", [("bold", "ab")]),
        ("<b>a<code>x</code></b>", [("code", "x")]),
        ("<a href='https://a.example'>a<code>x</code></a>", [("text_link", "ax")]),
        (
            "<blockquote><a href='https://a.example'>a</a></blockquote>",
            [("blockquote", "a"), ("text_link", "a")],
        ),
        ("<a href='https://a.example'><blockquote>a</blockquote>b</a>", [("text_link", "ab")]),
    ],
)
def test_entities_that_may_not_meet_are_sorted_out(source: str, entities: list[tuple[str, str]]) -> None:
    assert shown(source)[1] == entities


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/tim lũ", [("bot_command", "/tim")]),
        ("gõ /tim@diemtin_bot, hay /tin", [("bot_command", "/tim@diemtin_bot"), ("bot_command", "/tin")]),
        ("6/11 và a/b và //x", []),
        ("xem https://tin.example/a?b=1.", [("url", "https://tin.example/a?b=1")]),
        ("@an_doc_tin #bão2019 #2019", [("mention", "@an_doc_tin"), ("hashtag", "#bão2019")]),
        ("viết cho toasoan@tin.example", [("email", "toasoan@tin.example")]),
        ("giá 3.500 đồng", []),
    ],
)
def test_clients_find_commands_and_links_by_themselves(text: str, entities: list[tuple[str, str]]) -> None:
    assert shown(text)[1] == entities


def test_nothing_is_found_within_code_and_links() -> None:
    assert [row[0] for row in shown("<code>/tim</code> <a href='https://a.example'>b.vn</a>")[1]] == [
        "code",
        "text_link",
    ]


def test_entities_past_the_hundredth_are_dropped_silently() -> None:
    kept = format_text(" ".join(f"<b>{number}</b>" for number in range(130)), "HTML")
    assert (len(kept.entities), kept.text.split()[-1]) == (MAX_ENTITIES, "129")


def test_a_clients_own_entities_count_without_a_parse_mode() -> None:
    given_ = [{"type": "text_link", "offset": 0, "length": 3, "url": "tin.example"}]
    assert format_text("Tin", "", given_).entities == (Entity("text_link", 0, 3, url="http://tin.example/"),)


@pytest.mark.parametrize(
    "entity", [{"type": "bold", "offset": 2, "length": 5}, {"type": "bold", "offset": -1, "length": 1}]
)
def test_entities_outside_the_text_are_refused(entity: dict[str, object]) -> None:
    with pytest.raises(Refusal, match="after the end of the text"):
        format_text("Tin", "", [entity])


@pytest.mark.parametrize("entity", [{}, {"type": "bold", "offset": "x", "length": 1}, 5])
def test_entities_of_the_wrong_shape_are_refused(entity: object) -> None:
    with pytest.raises(Refusal, match="MessageEntity"):
        format_text("Tin", "", [entity])  # type: ignore[list-item]  # hostile input is the point


@pytest.mark.parametrize(("mode", "text"), [("MarkdownV2", "*a*"), ("", "a\ud800b")])
def test_unknown_modes_and_broken_unicode_are_refused(mode: str, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        format_text(text, mode)
    assert caught.value.code == 400


@pytest.mark.parametrize(("text", "blank"), [(" \n\u200b\u2060", True), ("", True), ("\u200b.", False)])
def test_only_visible_text_is_not_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


def test_styles_that_touch_after_cleaning_are_one() -> None:
    given_styles = (Entity("bold", 0, 3), Entity("bold", 4, 1))
    assert tidy(FormattedText("111\r1", given_styles)) == FormattedText("1111", (Entity("bold", 0, 4),))


@given(st.text(st.sampled_from("a \n\r\t📰ạ\u202e@#/1."), max_size=40), st.data())
def test_tidying_is_idempotent_and_leaves_valid_entities(text: str, data: st.DataObject) -> None:
    length = utf16_length(text)
    bounds = [0]
    for character in text:
        bounds.append(bounds[-1] + utf16_length(character))
    spans = data.draw(st.lists(st.tuples(st.sampled_from(bounds), st.sampled_from(bounds)), max_size=4))
    entities = tuple(Entity("bold", start, end - start) for start, end in spans if start < end <= length)
    once = tidy(FormattedText(text, entities))
    assert all(0 <= entity.offset < entity.end <= utf16_length(once.text) for entity in once.entities)
    assert tidy(once) == once or once.text[:1] in " \n"  # blanks may stay in front only within an entity
