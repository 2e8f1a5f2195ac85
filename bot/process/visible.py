r"""Text from outside, made fit for a terminal: what would steer it or turn its letters around is shown.

File names, feed titles and people's words can hold escape sequences that clear the screen, retitle the window
or hide what stands before them. Line breaks and tabs stay.
"""

import re

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # the direction of writing
    "\u2028\u2029]"  # breaks of lines and paragraphs that some terminals take for such
)


def visible(text: str) -> str:
    r"""Return `text` with each steering character written as Python would write it.

    >>> print(visible("tin\x1b[2J.jsonl\u202e"))
    tin\x1b[2J.jsonl\u202e
    """
    return _STEERING.sub(lambda found: repr(found[0])[1:-1], text)


def visible_json(text: str) -> str:
    r"""Return `text`, which is JSON, with each steering character as JSON's escape: the same value.

    >>> print(visible_json('"\x9b2J\u202e"'))
    "\u009b2J\u202e"
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
