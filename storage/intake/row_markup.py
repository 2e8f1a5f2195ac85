"""HTML or Markdown inside a row, a cell or a text → its visible text, in linear time."""

import html
import re

# HTML. `html.parser` takes quadratic time on hostile markup, so feeds and pages are parsed in a process of
# their own. A row's text is read here, in one pass that reads each character a bounded number of times.

_MARKUP = re.compile(
    r"</[a-z][a-z0-9]{0,10}\s{0,5}>|<(?:p|br|div|img|hr|h[1-6]|li|ul|table|figure|span|a|strong|b|i|em|article"
    r"|section|blockquote|iframe|script|style)(?:\s[^<>]{0,2000}|/)?>|&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,6});",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9:-]*)|[!?])")
_BLOCK = re.compile(
    r"article|aside|blockquote|body|br|center|div|d[dlt]|fig(?:caption|ure)|footer|h[1-6]|header|hr|li|main"
    r"|[ou]l|p|pre|section|t(?:able|body|foot|head|[dhr])"
)
_UNREAD = frozenset(("script", "style", "noscript", "template", "iframe", "object", "head", "svg"))
_TAG_REST = re.compile(r"[^\"'<>]*")
_MOST_CUT_TAGS = 20  # tags with unclosed quotes; after so many, quotes no longer hide the end of a tag


def has_markup(text: str) -> bool:
    """Tell whether `text` holds tags or character references of HTML.

    >>> has_markup("<p>Mưa lớn"), has_markup("Giá < 100 đồng & tăng")
    (True, False)
    """
    return _MARKUP.search(text) is not None


def plain_text(text: str) -> str:
    """Return `text` without markup, one line for each block; as it is if it has none.

    >>> plain_text("<p>Mưa &amp; lũ <b>dâng</b></p><p>Đường ngập.</p>")
    'Mưa & lũ dâng\\nĐường ngập.'
    """
    if not has_markup(text):
        return text
    lines = (" ".join(line.split()) for line in html.unescape("".join(_Reader(text).pieces())).split("\n"))
    return "\n".join(filter(None, lines))


class _Reader:
    """One pass over a piece of HTML."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._low = markup.lower() if markup.isascii() else "".join(map(_lower, markup))
        self._cut_tags = 0
        self._missing: set[str] = set()  # texts that do not occur in the rest

    def pieces(self) -> list[str]:
        """Return the text between the tags, with a line break for each block; character references stay."""
        markup, at = self._markup, 0
        has_blocks = "</p>" in self._low or "<br" in self._low or "</div>" in self._low
        found: list[str] = []
        while (token := _TOKEN.search(markup, at)) is not None:
            text = markup[at : token.start()]
            found.append(text.replace("\n", " ") if has_blocks else text)
            end = self._end_of(token)
            if end is None:
                found.append("<")
                at = token.start() + 1
                continue
            name = (token[3] or "").lower()
            if _BLOCK.fullmatch(name):
                found.append("\n")
            at = self._after_unread(name, end) if name in _UNREAD and not token[2] else end
        rest = markup[at:]
        found.append(rest.replace("\n", " ") if has_blocks else rest)
        return found

    def _end_of(self, token: re.Match[str]) -> int | None:
        """Return the end of the comment or tag that `token` opens, None if it is text."""
        if token[1]:
            end = self._find("-->", token.end())
            return len(self._markup) if end is None else end + 3
        if token[3] is None or self._cut_tags > _MOST_CUT_TAGS:
            end = self._find(">", token.end())
            return None if end is None else end + 1
        at = token.end()
        while (stop := _TAG_REST.match(self._markup, at)) and (at := stop.end()) < len(self._markup):
            if self._markup[at] == ">":
                return at + 1
            if self._markup[at] == "<":
                return None
            closing = self._find(self._markup[at], at + 1)
            if closing is None:
                break
            at = closing + 1
        self._cut_tags += 1
        end = self._find(">", token.end())
        return None if end is None else end + 1

    def _after_unread(self, name: str, at: int) -> int:
        closing = self._find(f"</{name}", at)
        if closing is None:
            return at
        end = self._find(">", closing)
        return len(self._markup) if end is None else end + 1

    def _find(self, what: str, at: int) -> int | None:
        """Find `what` from `at` on; a text that is not found is never searched again."""
        if what in self._missing:
            return None
        found = self._low.find(what, at)
        if found < 0:
            self._missing.add(what)
            return None
        return found


def _lower(character: str) -> str:
    """Return the lowercase letter if it is one character, because places must not shift."""
    low = character.lower()
    return low if len(low) == 1 else character


# Markdown, as programs that fetch pages write it.
#
# Only marks that do not occur in prose are removed: emphasis of whole phrases, links, pictures, headings.
# Lines with only links or pictures are removed, because they lead to other pages.

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
    """Return `text` without Markdown's marks.

    >>> without_markdown("**Mưa lớn** ở [Hạ Long](https://bao.example/ha-long)\\n![Ảnh](a.jpg)\\nĐường ngập.")
    'Mưa lớn ở Hạ Long\\nĐường ngập.'
    """
    if not any(sign in text for sign in _SIGNS):
        return text
    lines = [(line, without_marks(line)) for line in text.split("\n")]
    return "\n".join(shown for line, shown in lines if shown or not line.strip())


def without_marks(line: str) -> str:
    """Return a line without Markdown's marks; "" for a line with only links and pictures."""
    if "](" in line:
        bare = _IMAGE.sub("", line)
        if _BULLET.fullmatch(_LINK.sub("", bare)):
            return ""
        line = _LINK.sub(r"\1", bare)
    line = _STRONG.sub(r"\2", line)
    whole = _EMPHASIZED.fullmatch(line)
    heading = _HEADING.match(line)
    return whole[2] if whole else line[heading.end() :] if heading else line
