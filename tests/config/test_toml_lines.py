"""The lines of keys, against a writer that knows where it put each of them."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.toml_lines import KeyPath, layout_of, line_of

TRICKY = "a]b[c#d=\"e'f,g}{h.i\\"
bare_keys = st.text("abz_-09", min_size=1, max_size=4)
quoted_keys = st.text("ab " + TRICKY, max_size=6)
keys = bare_keys | quoted_keys
scalars = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "1e3", "06:30:00", "1979-05-27 07:32:00Z", "0xff", "-inf", "''", '""']),
    st.text(TRICKY + " ", max_size=12).map(lambda text: _basic(text)),
    st.text("ab]#,[ ", max_size=8).map(lambda text: f"'{text}'"),
    st.text('a]#,[\n"', max_size=8).map(lambda text: f"'''{text}'''"),
    st.text("a]#,[\n'", max_size=8).map(lambda text: f'"""{text}\\""""'),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
blanks = st.sampled_from(["", " ", "\t"])
breaks = st.sampled_from(["", " ", "\n", "\r\n  ", ' # ] , } "\n', "\n#''' x\n\n"])


def _basic(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Writer:
    """Writes TOML in a layout drawn by chance and keeps the line of everything."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[KeyPath, int] = {}

    def key(self, key: str) -> str:
        is_bare = key != "" and all(letter in "abz_-09" for letter in key)
        return key if is_bare and self.draw(st.booleans()) else _basic(key)

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def value(self, path: KeyPath, value: object) -> None:
        if isinstance(value, list):
            self.text += "["
            for index, element in enumerate(value):
                self.text += self.draw(breaks)
                self.note((*path, index))
                self.value((*path, index), element)
                self.text += self.draw(breaks) + ","
            self.text += self.draw(breaks) + "]"
        elif isinstance(value, dict):
            self.text += "{"
            for number, (key, inner) in enumerate(value.items()):
                self.text += ("," if number else "") + self.draw(blanks)
                self.pair(path, key, inner)
            self.text += self.draw(blanks) + "}"
        else:
            self.text += str(value)

    def pair(self, table: KeyPath, key: str, value: object) -> None:
        self.note((*table, key))
        self.text += self.key(key) + self.draw(blanks) + "=" + self.draw(blanks)
        self.value((*table, key), value)

    def table(self, path: KeyPath, header: str, pairs: dict[str, object]) -> None:
        self.text += self.draw(breaks.filter(lambda text: text.strip(" ") in ("", "\n")))
        self.text += "" if not self.text or self.text.endswith("\n") else "\n"
        for length in range(1, len(path) + 1):
            self.note(path[:length])
        self.text += header
        for key, value in pairs.items():
            self.text += "\n" + self.draw(blanks)
            self.pair(path, key, value)
        self.text += "\n"


@st.composite
def written_documents(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    names = draw(st.lists(keys, unique=True, max_size=3))
    for name in names:
        tables = draw(st.lists(st.dictionaries(keys, values, max_size=3), min_size=1, max_size=3))
        if len(tables) == 1:
            writer.table((name,), f"[ {writer.key(name)} ]", tables[0])
            continue
        for index, pairs in enumerate(tables):
            writer.table((name, index), f"[[{writer.key(name)}]]", pairs)
    return writer


def test_the_writer_writes_arrays_of_tables_and_keys_with_brackets() -> None:
    """The property below would be empty if it did not."""
    text = (
        '[["a]"]]\n"b#" = [ # x\n 1, ["""\n]""", {c."d e" = 2}]]\n[["a]"]]\n["a]".sub]\nf.g = 3\n[["a]".h]]\n'
    )
    assert layout_of(text).lines == {
        ("a]",): 1,
        ("a]", 0): 1,
        ("a]", 0, "b#"): 2,
        ("a]", 0, "b#", 0): 3,
        ("a]", 0, "b#", 1): 3,
        ("a]", 0, "b#", 1, 0): 3,
        ("a]", 0, "b#", 1, 1): 4,
        ("a]", 0, "b#", 1, 1, "c"): 4,
        ("a]", 0, "b#", 1, 1, "c", "d e"): 4,
        ("a]", 1): 5,
        ("a]", 1, "sub"): 6,
        ("a]", 1, "sub", "f"): 7,
        ("a]", 1, "sub", "f", "g"): 7,
        ("a]", 1, "h"): 8,
        ("a]", 1, "h", 0): 8,
    }


@given(written_documents())
def test_every_key_and_element_is_found_on_the_line_it_was_written_on(document: Writer) -> None:
    tomllib.loads(document.text)
    assert layout_of(document.text).lines == document.lines


def test_a_missing_key_is_placed_at_the_table_around_it() -> None:
    lines = layout_of('\n[[editions]]\nname = "sang"\n').lines
    assert line_of(("editions", 0, "title"), lines) == 2
    assert line_of(("sources",), lines) is None


def test_text_that_is_no_toml_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="not TOML"):
        layout_of("= 1")
