"""Markdown inside a text or a row → what a reader would see of it, as programs that fetch pages write it.

Only marks that prose does not have are taken away: emphasis of whole phrases, links, pictures, headings.
Lines that are nothing but a link or a picture go: they lead elsewhere.
"""

import re

_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()\s]{0,2000}(?:\s\"[^\"]{0,300}\")?\)")
_LINK = re.compile(
    r"\[([^\[\]]{1,500})\]\((?:https?:|/|#|mailto:|\.)[^()\s]{0,2000}(?:\s\"[^\"]{0,300}\")?\)"
)
_STRONG = re.compile(r"(\*\*|__)(?=[^\s*_])([^*_\n]{1,3000})(?<=\S)\1")
_EMPHASIZED = re.compile(r"\s*([*_])(?=[^\s*_])([^*_\n]{1,3000})(?<=\S)\1\s*")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_BULLET = re.compile(r"[\s*+•>-]*")
_SIGNS = ("](", "**", "__", "# ")


def without_markdown(text: str) -> str:
    """Return `text` without Markdown's marks where it has any; else as it is.

    >>> without_markdown("**Mưa lớn** ở [Hạ Long](https://bao.example/ha-long)\\n![Ảnh](a.jpg)\\nĐường ngập.")
    'Mưa lớn ở Hạ Long\\nĐường ngập.'
    """
    if not any(sign in text for sign in _SIGNS):
        return text
    lines = [(line, without_marks(line)) for line in text.split("\n")]
    return "\n".join(shown for line, shown in lines if shown or not line.strip())


def without_marks(line: str) -> str:
    """Return a line without Markdown's marks; "" for one that is nothing but links and pictures."""
    if "](" in line:
        bare = _IMAGE.sub("", line)
        if _BULLET.fullmatch(_LINK.sub("", bare)):
            return ""
        line = _LINK.sub(r"\1", bare)
    line = _STRONG.sub(r"\2", line)
    whole = _EMPHASIZED.fullmatch(line)
    heading = _HEADING.match(line)
    return whole[2] if whole else line[heading.end() :] if heading else line
