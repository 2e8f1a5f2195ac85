"""Rankers behind sumy's interface: ours, and sumy's own as baselines that an operator may choose.

sumy has no Vietnamese: its tokenizer, stemmer and stop words raise for it. It gets our syllables through a
tokenizer object, and articles in its document model: a paragraph is an article, its heading the title. sumy
takes most of a second to load, so nothing imports this module until one of its rankers is asked for.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sumy.models.dom import ObjectDocumentModel, Paragraph
from sumy.models.dom import Sentence as Text
from sumy.summarizers._summarizer import AbstractSummarizer, SentenceInfo
from sumy.summarizers.edmundson import EdmundsonSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from summarizer.extraction.selection import RANKER, SummaryLimits, Words, select
from summarizer.text.sentences import split
from summarizer.text.syllables import syllables

_BASELINE_SENTENCES = 2  # sumy's rankers do not know when to stop

# The syllables that say least: 90 of the commonest in news, without those that also make names or numbers
_STOP_WORDS = (
    "và của là có được cho các những trong với một này đã không người khi tại đến ra về cũng từ để"
    " như sẽ bị vào theo trên ông bà anh chị đó nhiều sau lại phải còn do làm hơn nhất mà thì đang nên"
    " rất cùng đi qua vì nếu rằng hay nhưng thể việc điều sự cả chỉ mới vẫn đều lên ở tôi họ chúng"
    " mình ngày năm nói biết trước ngoài giữa bằng gì nào ai đây thế vậy rồi nữa cần"
)


class UnknownRankerError(ValueError):
    """No ranker has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no ranker is called {name!r}; there are {', '.join(RANKERS)}")
        self.name = name


class Tokenizer:
    """The tokenizer that sumy asks for. Sentences whose syllables are `known` are not cut again."""

    def __init__(self, known: Mapping[str, Sequence[str]] | None = None) -> None:
        self._known = known or {}

    def to_sentences(self, paragraph: str) -> tuple[str, ...]:
        return tuple(paragraph[start:end] for start, end in split(paragraph))

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(self._known.get(sentence) or syllables(sentence))


def document_of(
    titles: Sequence[str], texts: Words, known: Mapping[str, Sequence[str]] | None = None
) -> ObjectDocumentModel:
    """Put articles, each a title and sentences, into sumy's document model.

    `known` are the syllables of sentences that have been cut already.
    """
    tokenizer = Tokenizer(known)
    return ObjectDocumentModel(
        Paragraph([Text(title, tokenizer, is_heading=True), *(Text(one, tokenizer) for one in article)])
        for title, article in zip(titles, texts, strict=True)
    )


class Count:
    """`SummaryLimits` as sumy counts: called with the sentences best first, it returns those to show."""

    def __init__(self, limits: SummaryLimits) -> None:
        self.limits = limits

    def __call__(self, ranked: Sequence[SentenceInfo]) -> list[SentenceInfo]:
        """Take sentences in order while they fit; one that does not is left out."""
        most = _BASELINE_SENTENCES if self.limits.is_free else self.limits.sentences
        room = self.limits.syllables
        taken: list[SentenceInfo] = []
        for info in ranked:
            length = len(info.sentence.words)
            if (most is None or len(taken) < most) and (room is None or length <= room):
                taken.append(info)
                room = None if room is None else room - length
        return taken


class NewsRanker(AbstractSummarizer):  # type: ignore[misc] # sumy has no types
    """Our ranker: `selection` behind sumy's interface. A document of several paragraphs is a story."""

    def __call__(self, document: ObjectDocumentModel, count: Count | int) -> tuple[Text, ...]:
        """Return the best sentences; of an article in its order, of a story the most important first."""
        limits = count.limits if isinstance(count, Count) else SummaryLimits(count)
        paragraphs = document.paragraphs
        titles = [[word for one in paragraph.headings for word in one.words] for paragraph in paragraphs]
        texts = [[str(sentence) for sentence in paragraph.sentences] for paragraph in paragraphs]
        tokens = [[sentence.words for sentence in paragraph.sentences] for paragraph in paragraphs]
        chosen = select(titles, texts, tokens, limits)
        return tuple(document.sentences[i] for i in chosen)


Ranker = Callable[[ObjectDocumentModel, Count | int], tuple[Text, ...]]


def _baseline(ranker: AbstractSummarizer, words: str = "stop_words") -> Ranker:
    """Return a ranker of sumy with our stop words, and without its warnings about very short articles."""
    setattr(ranker, words, _STOP_WORDS.split())

    def choose(document: ObjectDocumentModel, count: Count | int) -> tuple[Text, ...]:
        with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # LSA: fewer words than sentences
            chosen: tuple[Text, ...] = ranker(document, count)
        return chosen

    return choose


RANKERS: Mapping[str, Callable[[], Ranker]] = {
    RANKER: NewsRanker,
    "lexrank": lambda: _baseline(LexRankSummarizer()),
    "textrank": lambda: _baseline(TextRankSummarizer()),
    "lsa": lambda: _baseline(LsaSummarizer()),
    # Cue words depend on the language; title and place are enough.
    "edmundson": lambda: _baseline(EdmundsonSummarizer(cue_weight=0), "null_words"),
}


def make_ranker(name: str) -> Ranker:
    """Make the ranker called `name`.

    Raises:
        UnknownRankerError: there is none.
    """
    if name not in RANKERS:
        raise UnknownRankerError(name)
    return RANKERS[name]()


def rank(
    name: str, titles: Sequence[str], texts: Words, tokens: Sequence[Words], limits: SummaryLimits
) -> list[int]:
    """Return the indices of the sentences that the ranker called `name` takes, in its order.

    The arguments are those of `selection.select`, but titles are text.

    Raises:
        UnknownRankerError: there is no such ranker.
    """
    known = {
        text: words
        for article in zip(texts, tokens, strict=True)
        for text, words in zip(*article, strict=True)
    }
    document = document_of(titles, texts, known)
    at = {id(sentence): number for number, sentence in enumerate(document.sentences)}
    return [at[id(sentence)] for sentence in make_ranker(name)(document, Count(limits))]
