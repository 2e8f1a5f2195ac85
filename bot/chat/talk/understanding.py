"""The wish in a message to the bot itself, if any; typing errors are corrected first. Pure."""

import re
from itertools import chain

from bot.chat.talk.grammar import MessageTokens, all_words, listed, prepared, rules, tokenize
from bot.chat.talk.message_classifier import classify
from bot.chat.talk.rule_slots import SLOT_READERS, ParseContext, span_beside
from bot.chat.talk.wishes import (
    SIMPLE_WISHES,
    FollowUp,
    PauseUntil,
    ShowAddress,
    SimpleWish,
    WatchWords,
    Wish,
)
from bot.times.typed_times import with_digits
from summarizer.questions.typing_errors import from_keystrokes
from summarizer.text.prose import is_syllable
from summarizer.text.syllables import canonical, folded

# Typing errors: `dừgn` is dừng, `tawts` tắt, `nhaaaa` nha. Only a word that is no Vietnamese syllable is
# changed, and only into a word of the vocabulary.

_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
_TWICE = re.compile(r"\b([^\W\d]+) \1\b")  # "trễ trễ chút"
_SHORTEST = 3  # letters: shorter words have too many neighbours


def with_typos_corrected(plain: str) -> str:
    """Return a prepared message with its typing errors corrected.

    >>> with_typos_corrected("dừgn gửi tin nhaaaa"), with_typos_corrected("giá vàng sjc")
    ('dừng gửi tin nha', 'giá vàng sjc')
    >>> with_typos_corrected("tawts thông báo")
    'tắt thông báo'
    """
    return _TWICE.sub(r"\1", " ".join(_corrected_word(word) for word in plain.split()))


def _corrected_word(word: str) -> str:
    bare = word.rstrip(",")
    short = _DRAWN_OUT.sub(r"\1", bare)
    known = all_words()
    if bare in known or not bare.isalpha():
        return word
    if short in known:
        meant = short
    elif is_syllable(short):
        return word
    elif (typed := from_keystrokes(short)) and canonical(typed) in known:
        meant = canonical(typed)
    else:
        meant = _one_typo_away(short)
    return meant + word[len(bare) :]


def _one_typo_away(word: str) -> str:
    """Return the word of the vocabulary that is one typing error away, or `word` itself."""
    if len(word) < _SHORTEST:
        return word
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    if found := next((each for each in swapped if each in all_words()), ""):
        return found
    dropped = (word[:at] + word[at + 1 :] for at in range(len(word)))
    near = (each for each in dropped if len(each) >= _SHORTEST and each in all_words())
    return next(near, "") or _with_letter_left_out(word)


def _with_letter_left_out(word: str) -> str:
    longer = (each for each in all_words() if len(each) == len(word) + 1 > _SHORTEST)
    close = sorted(
        each for each in longer if any(each[:at] + each[at + 1 :] == word for at in range(len(each)))
    )
    return next((each for each in close if each != folded(each)), close[0] if close else word)


# A rule matches only a whole message: with one word too many it does not match. A message that no rule
# matches is compared with examples; one that resembles none is a question about the news.

_LONGEST = 1_000  # characters; an address is read out of no longer message
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]++|(?<![^\s])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,8}/[^\s<>\"]++",
    re.IGNORECASE,
)
_MOST_CLAUSES = 4
_PERSONAL = re.compile(r"(?<!\w)(?:tôi|mình|em|tui|mk|bọn mình|tụi mình)(?!\w)")
_POLITE = (SimpleWish.THANKS, SimpleWish.FINE, SimpleWish.GREETING)
_APPLAUSE = frozenset("👍❤🙏😊🥰😍👌💪🎉😘")
_LONGEST_APPLAUSE = 24
_SMILE = re.compile(r"[:;=]-?[)\]]+|\^_?\^|<3|:[3vp]", re.IGNORECASE)
_SIMPLE = SIMPLE_WISHES | {
    "schedule_panel": SimpleWish.SCHEDULE,
    "topics_panel": SimpleWish.TOPICS,
    "topics_off": SimpleWish.TOPICS,
}


def understand(text: str, parsing: ParseContext) -> Wish | None:
    """Return the wish in `text`; None for a question about the news."""
    if address := _address(text):
        return address
    if _is_applause(text):
        return SimpleWish.FINE
    plain = prepared(text)
    if not plain:
        return None
    plain = with_digits(plain)
    meant = with_typos_corrected(plain)
    for said in dict.fromkeys((plain, meant)):
        if wish := _by_rule(said, parsing):
            return wish
    return classify(meant, parsing)


def asks_for_digest(text: str) -> bool:
    """Tell whether `text` asks for the news in general: "tin hôm nay"."""
    plain = prepared(text)
    return _matches("digest", tokenize(plain)) if plain else False


def _match_rules(plain: str, parsing: ParseContext) -> Wish | None:
    message = tokenize(plain)
    tried = [rule for rule in rules() if rule.needed <= message.classes]
    apart = ((rule, slots) for rule in tried if (slots := rule.reading_apart(message)))
    whole = ((rule, slots) for rule in tried for slots in rule.readings(message))
    for rule, slots in chain(whole, apart):
        read = SLOT_READERS.get(rule.wish)
        if wish := read(slots | {"whole": plain}, parsing) if read else _SIMPLE.get(rule.wish):
            return wish
    return None


def _by_rule(plain: str, parsing: ParseContext) -> Wish | None:
    """Return the wish of the whole message, else of one of its clauses; words to watch hold no comma."""
    wish = _match_rules(plain, parsing)
    if isinstance(wish, WatchWords) and "," in wish.words:
        return _one_clause(plain, parsing) or wish
    return wish or _one_clause(plain, parsing)


def _one_clause(plain: str, parsing: ParseContext) -> Wish | None:
    """Return the only wish of a message of several clauses, if the others are reasons or politeness.

    In "bóng đá chán quá, bỏ đi" the more exact clause counts; "tuần sau mình bận" ends a pause.
    """
    clauses = plain.split(", ")
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return None
    wishes: dict[Wish, None] = {}
    end: PauseUntil | None = None
    for clause in clauses:
        wish = _match_rules(clause, parsing)
        if wish is None and not _matches("aside", tokenize(clause)):
            span = span_beside(clause, parsing)
            if not span and not _PERSONAL.search(clause):
                return None
            end = end or span
        if wish and not isinstance(wish, FollowUp):
            wishes[wish] = None
    exact: list[Wish] = [wish for wish in wishes if not isinstance(wish, SimpleWish)]
    exact = exact or [wish for wish in wishes if wish not in _POLITE] or list(wishes)[:1]
    if len(exact) != 1:
        return None
    return end if end and exact[0] in (SimpleWish.LEAVE, SimpleWish.PAUSE) else exact[0]


def _matches(wish: str, message: MessageTokens) -> bool:
    """Tell whether a rule of this wish, which has no slot, fits the whole message."""
    return any(True for rule in rules() if rule.wish == wish for _ in rule.readings(message))


def _is_applause(text: str) -> bool:
    if not 0 < len(text) <= _LONGEST_APPLAUSE:
        return False
    has_applause = not _APPLAUSE.isdisjoint(text) and not any(c.isalnum() for c in text)
    return has_applause or _SMILE.fullmatch(text.strip()) is not None


def _address(text: str) -> Wish | None:
    found = _ADDRESS.search(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    beside = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
    is_filler = listed("address").issuperset(re.findall(r"\w+", folded(beside)))
    return ShowAddress(found.group().rstrip(".,;)!?"), "" if is_filler else beside)
