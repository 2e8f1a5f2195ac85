"""Changed values stand where a person would have written them; comments and all else stay as they were."""

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reading import TEMPLATE, parse_newsroom
from config.rewriting import RewriteError, add_table, drop_table, set_values
from config.toml_lines import layout_of

BY_HAND = """# Tòa soạn Sông Hương
[newsroom]
zone = "Asia/Ho_Chi_Minh"   # giờ nhà

# Bản tin: hỏi chị Lan trước khi đổi
[[editions]]
name = "sang"
title = 'Sáng'      # ngắn thôi
times = [
  "06:45",  # trước giờ họp
  "11:30"   # nghỉ trưa
  # tối thì chưa
]
days = ["T2", "T3", "T4"]

[limits]            # đừng tăng
questions_per_hour = 60

[[editions]]
\tname = "toi"
\ttimes = ["18:30"]   # sau cơm
\ttitle = "Tối"
# hết"""


@pytest.mark.parametrize(
    ("index", "values", "old", "new"),
    [
        (0, {"times": ["06:30", "11:30"]}, '"06:45",  # trước', '"06:30",  # trước'),
        (0, {"times": ["06:45"]}, ',  # trước giờ họp\n  "11:30"   #', '  # trước giờ họp\n     #'),
        (0, {"times": ["06:45", "11:30", "17:00"]}, '"   # nghỉ trưa\n', '",   # nghỉ trưa\n  "17:00"\n'),
        (0, {"times": ["05:30", "06:45", "11:30"]}, '  "06:45",', '  "05:30",\n  "06:45",'),
        (0, {"days": ["T2", "T4"]}, '"T2", "T3", "T4"', '"T2", "T4"'),
        (0, {"days": ["T2", "T3", "T4", "CN"]}, '"T4"]', '"T4", "CN"]'),
        (0, {"days": None}, 'days = ["T2", "T3", "T4"]\n', ""),
        (0, {"title": 'Sáng "sớm"'}, "'Sáng'", '"Sáng \\"sớm\\""'),
        (0, {"paused": True}, '"T4"]\n', '"T4"]\npaused = true\n'),
        (1, {"reading_minutes": 5}, 'title = "Tối"\n', 'title = "Tối"\n\treading_minutes = 5\n'),
        (1, {"times": ["18:30", "21:00"]}, '["18:30"]', '["18:30", "21:00"]'),
        (1, {"times": ["18:30"], "title": "Tối"}, "", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_a_change_is_what_a_person_would_have_typed(
    index: int, values: dict[str, Any], old: str, new: str, line: str
) -> None:
    assert old in BY_HAND
    before, after = (each.replace("\n", line) for each in (BY_HAND, BY_HAND.replace(old, new, 1)))
    assert set_values(before, ("editions", index), values) == after


def test_values_of_one_table_are_added_where_there_was_none() -> None:
    text = '[[editions]]\nname = "a"\n# cuối'
    assert set_values(text, ("limits",), {"questions_per_hour": 9}) == text + (
        "\n\n[limits]\nquestions_per_hour = 9\n"
    )


def test_an_edition_is_added_behind_the_last_and_its_comments_stay() -> None:
    added = add_table(
        BY_HAND, "editions", {"name": "trua", "title": "Trưa", "times": ["12:00"], "days": None}
    )
    assert added.startswith(BY_HAND.removesuffix("\n# hết"))
    assert added.endswith('\n\n[[editions]]\nname = "trua"\ntitle = "Trưa"\ntimes = ["12:00"]\n# hết')


def test_an_edition_goes_with_its_lines_and_no_others() -> None:
    assert drop_table(BY_HAND, "editions", 1) == BY_HAND.partition("[[editions]]\n\tname")[0] + "# hết"


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        ('editions = [{name = "a", topics = ["b"]}]', ("editions", 0), {"topics": None}),
        ('newsroom.zone = "UTC"\n', ("newsroom",), {"keep_days": 9}),
        ("newsroom = 3\n", ("newsroom",), {"keep_days": 9}),
    ],
)
def test_what_cannot_be_changed_alone_is_left_to_its_author(text: str, path: Any, values: Any) -> None:
    with pytest.raises(RewriteError):
        set_values(text, path, values)


TIMES = st.lists(st.times().map(lambda time: f"{time:%H:%M}"), min_size=1, max_size=6, unique=True).map(
    sorted
)
DAYS = st.lists(st.sampled_from(["T2", "T3", "T4", "T5", "T6", "T7", "CN"]), min_size=1, unique=True)
WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
COMMENT = st.one_of(st.just(""), WORDS.map(lambda words: f"  # {words}"))
GAP = st.sampled_from(["", " ", "\t", "  "])


@st.composite
def arrays(draw: st.DrawFn, elements: list[str]) -> str:
    """An array as people write it: on one line or several, with comments and commas here and there."""
    if draw(st.booleans()):
        comma = draw(st.sampled_from(["", ",", " , "])) if elements else ""
        return "[" + draw(GAP) + ", ".join(f'"{each}"' for each in elements) + comma + "]"
    indent = draw(GAP)
    lines = [f"[{draw(COMMENT)}"]
    for number, each in enumerate(elements):
        is_last = number == len(elements) - 1
        comma = draw(st.sampled_from(["", ","])) if is_last else draw(st.sampled_from([",", " ,"]))
        lines.append(f'{indent}"{each}"{comma}{draw(COMMENT)}')
        if draw(st.booleans()):
            lines.append(f"{draw(GAP)}#{draw(WORDS)}")
    return "\n".join([*lines, "]"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A newsroom file with two editions, and whatever people leave between its lines."""
    tables = []
    for number in range(2):
        pairs = [
            f'name = "b{number}"',
            f'title = "{number}"{draw(COMMENT)}',
            f"times = {draw(arrays(draw(TIMES)))}{draw(COMMENT)}",
        ]
        if draw(st.booleans()):
            pairs.append(f"days = {draw(arrays(draw(DAYS)))}")
        indent, order = draw(GAP), draw(st.permutations(pairs))
        between = [draw(st.sampled_from(["", "\n"])) + draw(COMMENT) for _ in order]
        body = "".join(f"{indent}{pair}{gap}\n" if "\n" in gap or not gap else f"{indent}{pair}\n{gap}\n"
                       for pair, gap in zip(order, between, strict=True))  # fmt: skip
        tables.append(f"[[editions]]{draw(COMMENT)}\n{body}")
    other = f"[limits]{draw(COMMENT)}\nquestions_per_hour = 60{draw(COMMENT)}\n"
    text = draw(st.sampled_from(["\n", "\n\n# giữa\n"])).join(draw(st.permutations([*tables, other])))
    text = text if draw(st.booleans()) else text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@settings(max_examples=200, deadline=None)
@given(
    files(),
    st.integers(0, 1),
    st.fixed_dictionaries(
        {},
        optional={
            "times": TIMES,
            "days": st.none() | DAYS,
            "paused": st.none() | st.booleans(),
            "reading_minutes": st.none() | st.integers(1, 30),
            "title": st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=20),
        },
    ),
)
def test_two_hundred_random_edits_say_what_was_meant_and_keep_every_comment(
    text: str, index: int, values: dict[str, Any]
) -> None:
    before = tomllib.loads(text)
    after = set_values(text, ("editions", index), values)
    meant: Any = deepcopy(before)
    meant["editions"][index] |= {key: value for key, value in values.items() if value is not None}
    for key in (key for key, value in values.items() if value is None):
        meant["editions"][index].pop(key, None)
    assert tomllib.loads(after) == meant
    assert sorted(layout_of(after).comments) == sorted(layout_of(text).comments)
    assert ("\r\n" in text) == ("\r\n" in after) or "\n" not in text
    assert after.count("\r") == after.count("\n") or "\r" not in after
    old = before["editions"][index]
    back = set_values(after, ("editions", index), {key: old.get(key) for key in values})
    assert tomllib.loads(back) == before
    assert sorted(layout_of(back).comments) == sorted(layout_of(text).comments)


def test_the_template_can_be_changed_and_is_as_valid_as_before(tmp_path: Path) -> None:
    text = set_values(TEMPLATE, ("editions", 1), {"times": ["12:00", "18:30"], "days": ["T7", "CN"]})
    text = set_values(text, ("newsroom",), {"late_window_minutes": 60})
    found = parse_newsroom(text, base=tmp_path)
    assert [time.hour for time in found.editions[1].times] == [12, 18]
    assert layout_of(text).comments == layout_of(TEMPLATE).comments
    changed = [(a, b) for a, b in zip(TEMPLATE.splitlines(), text.splitlines(), strict=True) if a != b]
    assert len(changed) == 3
