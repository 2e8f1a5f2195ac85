"""Words of a message to the bot as they were meant: `dừgn` is dừng, `tawts` tắt, `nhaaaa` nha. Pure.

Only what is no Vietnamese syllable is changed, and only into a word of the vocabulary.
"""

import re

from bot.chat.talk.grammar import all_words
from summarizer.questions.typing_slips import keyed
from summarizer.text.prose import is_syllable
from summarizer.text.syllables import canonical, folded

_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
_TWICE = re.compile(r"\b([^\W\d]+) \1\b")  # "trễ trễ chút"
_SHORTEST = 3  # letters: of shorter ones too many words are one slip away


def mended(plain: str) -> str:
    """Return a prepared message with its slips mended.

    >>> mended("dừgn gửi tin nhaaaa"), mended("tawts thông báo"), mended("giá vàng sjc")
    ('dừng gửi tin nha', 'tắt thông báo', 'giá vàng sjc')
    """
    return _TWICE.sub(r"\1", " ".join(_mended_word(word) for word in plain.split()))


def _mended_word(word: str) -> str:
    bare = word.rstrip(",")
    short = _DRAWN_OUT.sub(r"\1", bare)
    known = all_words()
    if bare in known or not bare.isalpha():
        return word
    if short in known:
        meant = short
    elif is_syllable(short):
        return word
    elif (typed := keyed(short)) and canonical(typed) in known:
        meant = canonical(typed)
    else:
        meant = _one_slip_away(short)
    return meant + word[len(bare) :]


def _one_slip_away(word: str) -> str:
    """Return the word of the vocabulary from which `word` is one slip away, itself if there is none."""
    if len(word) < _SHORTEST:
        return word
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    if found := next((each for each in swapped if each in all_words()), ""):
        return found
    dropped = (word[:at] + word[at + 1 :] for at in range(len(word)))
    near = (each for each in dropped if len(each) >= _SHORTEST and each in all_words())
    return next(near, "") or _with_letter_left_out(word)


def _with_letter_left_out(word: str) -> str:
    close = sorted(
        each for each in all_words() if len(each) == len(word) + 1 > _SHORTEST and _misses_one(word, each)
    )
    return next((each for each in close if each != folded(each)), close[0] if close else word)


def _misses_one(word: str, longer: str) -> bool:
    return any(longer[:at] + longer[at + 1 :] == word for at in range(len(longer)))
