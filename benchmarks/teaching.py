"""Measure how many more wanted stories readers are shown after they taught the bot, on real news.

    python benchmarks/teaching.py articles.jsonl.gz

Each row is an article: `id`, `title`, `sapo`, `published`, `source`. 20 simulated readers get a digest at
6:30 and one at 18:30 of every day. Each wants stories with one of a few words, which the bot does not know.
Each answers to at most three stories of a digest: *Nhiều hơn* to two that are wanted, *Ít tin thế này* to the
first that is not. Printed is, by reader, the share of wanted stories without and with teaching, and
the topics lost: in half of the digests without teaching, and with it in less than a quarter of as many.
"""

import datetime as dt
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from common import read_rows

from summarizer.digest import Digest, Preferences, compose
from summarizer.extraction.summaries import summarize
from summarizer.model import Candidate, Document, Piece
from summarizer.reader_tastes import Taste, Trait, sum_up, traits_of
from summarizer.stories.grouping import Grouper
from summarizer.stories.neighbours import Arrival, features_of
from summarizer.stories.prepared import Prepared
from summarizer.topics import TOPICS, classify_topic

WANTED = (
    "bóng đá|v-league|ngoại hạng|hlv|cầu thủ",
    "giá vàng|vàng miếng|vàng sjc|tỷ giá",
    "chứng khoán|cổ phiếu|vn-index",
    "iphone|samsung|điện thoại|smartphone",
    "trí tuệ nhân tạo|chatbot|openai|chatgpt",
    "học sinh|tuyển sinh|đại học|điểm chuẩn",
    "bác sĩ|bệnh viện|bệnh nhân|ung thư",
    "bão|mưa lớn|lũ|áp thấp",
    "ukraine|nga|moskva",
    "iran|israel|gaza",
    "ông trump|nhà trắng|washington",
    "ca sĩ|ca khúc|concert|mv",
    "phim|diễn viên|đạo diễn|điện ảnh",
    "nhà ở|chung cư|bất động sản|đất nền",
    "tai nạn|va chạm|tông",
    "công an|bắt giữ|khởi tố|truy tố",
    "ô tô|xe điện|vinfast|xe hybrid",
    "du lịch|du khách|khách sạn|điểm đến",
    "món|ẩm thực|quán|nhà hàng",
    "tp hcm|tp.hcm|metro|thủ thiêm",
)
_ZONE = dt.timezone(dt.timedelta(hours=7))
_TIMES = (dt.time(6, 30), dt.time(18, 30))
_MOST_LIKED, _MOST_DISLIKED = 2, 1  # answers to one digest
_LOST, _USUAL = 0.25, 0.5
_HALF_DAY, _TWO_DAYS = dt.timedelta(hours=12), dt.timedelta(hours=48)


@dataclass
class Reader:
    """A reader with an interest: the stories shown, and the reader's answers, newest last."""

    wanted: re.Pattern[str]
    teaches: bool
    known: dict[int, dt.datetime] = field(default_factory=dict)
    taught: list[tuple[int, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    shown: list[tuple[bool, str | None]] = field(default_factory=list)
    digests: Counter[str | None] = field(default_factory=Counter)  # by topic: how many have a story of it

    @property
    def tastes(self) -> list[Taste]:
        return sum_up(reversed(self.taught))

    @property
    def share(self) -> float:
        """Return the share of shown stories that were wanted."""
        return sum(is_wanted for is_wanted, _ in self.shown) / max(1, len(self.shown))

    def read(self, digest: Digest, stories: dict[int, Candidate]) -> None:
        """Read a digest and answer to some of its stories."""
        answers = {1: _MOST_LIKED, -1: _MOST_DISLIKED}
        for story in digest.stories:
            candidate = stories[story.story_id]
            is_wanted = any(self.wanted.search(_text(piece)) for piece in candidate.pieces)
            self.shown.append((is_wanted, story.topic))
            self.known[story.story_id] = digest.slot
            liking = 1 if is_wanted else -1
            if self.teaches and answers[liking]:
                answers[liking] -= 1
                self.taught.append((liking, tuple((one.kind, one.key) for one in _traits(candidate))))
        self.digests.update({story.topic for story in digest.stories})


@cache
def _traits(candidate: Candidate) -> tuple[Trait, ...]:
    return traits_of(candidate)


def _text(piece: Piece) -> str:
    return f"{piece.document.title}\n{piece.document.sapo}".lower()


def main(path: str) -> None:
    stories = _grouped(_read(path))
    patterns = [re.compile(rf"(?<!\w)(?:{words})(?!\w)") for words in WANTED]
    untaught, taught = ([Reader(one, teaches) for one in patterns] for teaches in (False, True))
    slots = _slots([piece for pieces in stories.values() for piece in pieces])
    for slot in slots:
        eligible = _eligible(stories, slot)
        prepared = Prepared(eligible.values(), slot=slot, topic_order=TOPICS)
        for reader in (*untaught, *taught):
            preferences = Preferences(tastes=reader.tastes)
            digest = compose(prepared, preferences, edition="", title="", seen=reader.known)
            reader.read(digest, eligible)
    print(f"{len(slots)} digests each")
    _report(untaught, taught, len(slots))


def _report(untaught: Sequence[Reader], taught: Sequence[Reader], digests: int) -> None:
    lost_all = 0
    for words, before, after in zip(WANTED, untaught, taught, strict=True):
        usual = {topic: count for topic, count in before.digests.items() if count >= _USUAL * digests}
        lost = [topic for topic, count in usual.items() if after.digests[topic] < _LOST * count]
        lost_all += len(lost)
        print(f"{before.share:6.1%} → {after.share:6.1%}  {words}{'  lost: ' if lost else ''}{lost or ''}")
    means = [sum(reader.share for reader in readers) / len(readers) for readers in (untaught, taught)]
    print(f"mean {means[0]:.1%} → {means[1]:.1%}, {means[1] / means[0]:.2f} times; topics lost {lost_all}")


def _read(path: str) -> list[Piece]:
    rows = sorted(read_rows(Path(path)), key=lambda one: dt.datetime.fromisoformat(one["published"]))
    pieces = []
    for number, row in enumerate(rows, 1):
        document = Document(row["title"], row.get("sapo", ""), row.get("body", ""))
        moment = dt.datetime.fromisoformat(row["published"])
        topic = classify_topic(document.title, document.sapo, document.body)
        pieces.append(Piece(
            number, document, summarize([document]), row["source"], row["source"], None, topic,
            moment, moment, "full", advertorial=False,
        ))  # fmt: skip
    return pieces


def _grouped(pieces: Sequence[Piece]) -> dict[int, list[Piece]]:
    grouper = Grouper()
    stories: dict[int, list[Piece]] = {}
    for piece in pieces:
        document = piece.document
        features = features_of(
            Arrival(0, document.title, document.sapo, document.body, piece.published_at, piece.source)
        )
        found = grouper.nearest(features)
        story = len(stories) + 1 if found is None else found
        grouper.enter(piece.article_id, features, story)
        stories.setdefault(story, []).append(piece)
    return stories


def _slots(pieces: Sequence[Piece]) -> list[dt.datetime]:
    first, last = min(piece.moment for piece in pieces), max(piece.moment for piece in pieces)
    days = (
        (first + dt.timedelta(days=number)).astimezone(_ZONE).date()
        for number in range((last - first).days + 2)
    )
    slots = [dt.datetime.combine(day, time, _ZONE) for day in days for time in _TIMES]
    return [slot for slot in slots if first + _HALF_DAY < slot < last]


def _eligible(stories: dict[int, list[Piece]], slot: dt.datetime) -> dict[int, Candidate]:
    """Return the stories with a report of the last twelve hours, with their reports of two days."""
    found = {}
    for story, pieces in stories.items():
        there = [piece for piece in pieces if slot - _TWO_DAYS <= piece.moment <= slot]
        if any(piece.moment > slot - _HALF_DAY for piece in there):
            found[story] = Candidate(story, tuple(there))
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
