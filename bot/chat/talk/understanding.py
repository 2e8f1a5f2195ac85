"""What a message wants from the bot itself, if anything. Pure.

A message is a wish only as a whole. One word more than its rule needs, and it is a question about the news.
"""

import re

from bot.chat.talk.grammar import listed, prepared, rules
from bot.chat.talk.slots import READERS, Listener
from bot.chat.talk.wishes import FollowUp, Plain, ShowAddress, Wish
from summarizer.text.syllables import folded

_LONGEST = 1_000  # characters; an address is read out of no longer message
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]++|(?<![^\s])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}/[^\s<>\"]++",
    re.IGNORECASE,
)
_MOST_CLAUSES = 4
_PERSONAL = re.compile(r"(?<!\w)(?:tôi|mình|em|tui|mk|bọn mình|tụi mình)(?!\w)")
_POLITE = (Plain.THANKS, Plain.FINE, Plain.GREETING)
_APPLAUSE = frozenset("👍❤🙏😊🥰😍👌💪🎉😘")
_LONGEST_APPLAUSE = 24
_PLAIN = {
    "thanks": Plain.THANKS,
    "greeting": Plain.GREETING,
    "fine": Plain.FINE,
    "who": Plain.WHO,
    "data": Plain.DATA,
    "delete": Plain.DELETE,
    "help": Plain.HELP,
    "watches": Plain.WATCHES,
    "pause": Plain.PAUSE,
    "quiet": Plain.QUIET,
    "leave": Plain.LEAVE,
    "resume": Plain.RESUME,
    "schedule_panel": Plain.SCHEDULE,
    "topics_panel": Plain.TOPICS,
    "length": Plain.LENGTH,
    "more": Plain.MORE,
    "digest": Plain.DIGEST,
}


def understand(text: str, listener: Listener) -> Wish | None:
    """Return what `text` wants from the bot; None where it is a question to the papers."""
    if address := _address(text):
        return address
    plain = prepared(text)
    if not plain:
        return Plain.FINE if _is_applause(text) else None
    return _whole(plain, listener) or _one_clause(plain, listener)


def asks_for_digest(text: str) -> bool:
    """Tell whether `text` asks for the news and for nothing in it: "tin hôm nay"."""
    plain = prepared(text)
    digest = (rule for rule in rules() if rule.wish == "digest")
    return bool(plain) and any(True for rule in digest for _ in rule.readings(plain or ""))


def _whole(plain: str, listener: Listener) -> Wish | None:
    for rule in rules():
        for slots in rule.readings(plain):
            if rule.wish in _PLAIN:
                return _PLAIN[rule.wish]
            if wish := READERS[rule.wish](slots | {"whole": plain}, listener):
                return wish
    return None


def _one_clause(plain: str, listener: Listener) -> Wish | None:
    """Return the wish of the only clause that has one, where the others are about the writer or polite."""
    clauses = plain.split(", ")
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return None
    wishes: list[Wish] = []
    for clause in clauses:
        wish = _whole(clause, listener)
        if wish is None and not _PERSONAL.search(clause):
            return None
        wishes += [wish] if wish and wish not in _POLITE and not isinstance(wish, FollowUp) else []
    return wishes[0] if len(wishes) == 1 else None


def _is_applause(text: str) -> bool:
    is_short = 0 < len(text) <= _LONGEST_APPLAUSE
    return is_short and not any(c.isalnum() for c in text) and not _APPLAUSE.isdisjoint(text)


def _address(text: str) -> Wish | None:
    if len(text) > _LONGEST:
        return None
    found = _ADDRESS.search(text)
    if found is None:
        return None
    beside = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    is_filler = listed("address").issuperset(re.findall(r"\w+", folded(beside)))
    return ShowAddress(found.group().rstrip(".,;)!?"), "" if is_filler else beside)
