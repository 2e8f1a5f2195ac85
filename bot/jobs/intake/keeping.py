"""The keeper of the grouping window: one process at a time puts articles into stories, in the order of turns.

The keeper holds a lease. Each transaction that saves stories checks and locks it, so a process that stood
still and lost the lease saves nothing. The keeper groups its own work, from memory, and work that other
processes have handed in. A process that is not the keeper hands its work in.
"""

import itertools
import time
from collections.abc import Sequence

from bot.jobs.intake.renewing import clues_of
from bot.jobs.intake.window import Ready, Window, is_new
from bot.telegram.lease import is_gone
from bot.text_work.tasks import PROCESS_NEW
from bot.times.clock import Clock
from storage.engine import Database
from storage.processes.leases import (
    LEASE_SECONDS,
    LeaseKey,
    find_holder,
    free_lease,
    holds_lease,
    renew_lease,
    take_lease,
)
from storage.processing.article_turns import (
    ClaimedArticle,
    delete_turns,
    find_answers,
    find_queued_turns,
    save_answers,
)
from storage.processing.processed import Findings, make_stories, move_horizon, save_work
from summarizer.topics import TopicRules, decide_topic

_LEASE_NAME = "grouping"
_SAVED_AT_ONCE = 50
_SAVED_AT_ONCE_ON_SQLITE = 10  # fewer: chat cannot write meanwhile, and one reply writes several times
_LINE = 200
_MOST_IN_MEMORY = 500  # of own work that waits for the work of another process


class _ChangedError(Exception):
    """A text changed while its article was being grouped: the batch is placed anew without it."""


class _LostError(Exception):
    """Another process keeps the window now."""


class Keeper:
    """Groups what is next in line, if this process is the keeper or can become it.

    `is_archive` says that no reader waits for this process: it makes fewer and longer transactions.
    """

    def __init__(self, database: Database, clock: Clock, owner: str, *, is_archive: bool = False) -> None:
        self._database = database
        self._clock = clock
        self._key = LeaseKey(_LEASE_NAME, owner)
        self._window = Window(database)
        self._own: dict[int, Ready] = {}  # work that waits for its turn, by turn
        self._renewed_at = float("-inf")
        is_long = is_archive or database.is_postgres
        self._at_once = _SAVED_AT_ONCE if is_long else _SAVED_AT_ONCE_ON_SQLITE

    @property
    def is_sure(self) -> bool:
        """Tell whether the lease was taken or renewed a moment ago."""
        return time.monotonic() - self._renewed_at < LEASE_SECONDS / 2

    def add(self, done: Sequence[Ready]) -> None:
        self._own |= {one.turn: one for one in done}

    def drop(self) -> list[ClaimedArticle]:
        """Forget the work of this process and return it, to be given back."""
        dropped = [ClaimedArticle(one.turn, one.article) for one in self._own.values()]
        self._own.clear()
        return dropped

    async def group(self, rules: TopicRules) -> None:
        """Group what can be grouped now, and hand in work for another keeper."""
        while await self._is_keeper() and (ready := await self._find_ready()):
            await self._window.learn()
            try:
                for begin in range(0, len(ready), self._at_once):
                    await self._save(ready[begin : begin + self._at_once], rules)
            except _ChangedError:
                continue
            except _LostError:
                self._renewed_at = float("-inf")
        if not self.is_sure or len(self._own) > _MOST_IN_MEMORY:
            await self._hand_in()

    async def leave(self, rules: TopicRules) -> None:
        """Hand in the rest and free the lease.

        A leaving process hands its work in first and looks for a keeper after that. A leaving keeper frees
        the lease first and looks for handed-in work after that. So no work is left without a keeper.
        """
        await self.group(rules)
        if await self._hand_in():
            await self.group(rules)
        while self.is_sure:
            self._renewed_at = float("-inf")
            async with self._database.write() as connection:
                await free_lease(connection, self._key)
            async with self._database.read() as connection:
                first = await find_queued_turns(connection, 1)
            if first and (first[0].is_answered or first[0].is_stale):
                await self.group(rules)

    async def renew(self) -> None:
        """Extend the lease, if it is held."""
        if self.is_sure:
            async with self._database.write() as connection:
                if await renew_lease(connection, self._key):
                    self._renewed_at = time.monotonic()

    async def _is_keeper(self) -> bool:
        if self.is_sure:
            return True
        began = time.monotonic()
        async with self._database.read() as connection:
            holder = await find_holder(connection, _LEASE_NAME)
        gone = holder.owner if holder is not None and is_gone(holder.owner) else None
        if holder is not None and holder.is_live and gone is None and holder.owner != self._key.owner:
            return False
        async with self._database.write() as connection:
            if await take_lease(connection, self._key, instead_of=gone):
                self._renewed_at = began
        return self.is_sure

    async def _find_ready(self) -> list[Ready]:
        """Return the work that is next in line, in order; close turns that need no grouping any more."""
        async with self._database.read() as connection:
            line = await find_queued_turns(connection, _LINE)
            stale = [one.turn for one in line if one.is_stale]
            current = [one for one in line if not one.is_stale]
            done = itertools.takewhile(
                lambda one: one.is_answered or (one.turn in self._own and one.owner == self._key.owner),
                current,
            )
            turns = [one.turn for one in done]
            handed_in = [turn for turn in turns if turn not in self._own]
            answers = await find_answers(connection, handed_in) if handed_in else []
        if stale:
            async with self._database.write() as connection:
                await delete_turns(connection, stale)
            for turn in stale:
                self._own.pop(turn, None)
        theirs = {
            one.turn: Ready(one.turn, one.article, PROCESS_NEW.answer.validate_json(answer))
            for one, answer in answers
        }
        known = self._own | theirs
        return [known[turn] for turn in itertools.takewhile(known.__contains__, turns)]

    async def _hand_in(self) -> bool:
        """Hand in the work of this process; return whether there was any."""
        answers = {turn: PROCESS_NEW.answer.dump_json(one.worked) for turn, one in self._own.items()}
        if answers:
            async with self._database.write() as connection:
                await save_answers(connection, self._key.owner, answers)
            self._own.clear()
        return bool(answers)

    async def _save(self, batch: Sequence[Ready], rules: TopicRules) -> None:
        """Put articles into stories and save all results."""
        now, before = self._clock.now(), self._window.horizon
        placed = await self._window.place(batch)
        new = sorted({key for key in placed if key is not None and is_new(key)})
        async with self._database.write() as connection:
            if not await holds_lease(connection, self._key):
                raise _LostError
            if self._window.horizon != before:
                await move_horizon(connection, self._window.horizon)
            made = await make_stories(connection, len(new), now=now)  # ascending, as the articles are
            ids = dict(zip(new, made, strict=True))
            done = [
                _findings(one, None if story is None else ids.get(story, story), rules)
                for one, story in zip(batch, placed, strict=True)
            ]
            if await save_work(connection, done, now=now) != len(done):
                raise _ChangedError
            await delete_turns(connection, [one.turn for one in batch])
        self._window.keep(ids)
        for one in batch:
            self._own.pop(one.turn, None)


def _findings(ready: Ready, story: int | None, rules: TopicRules) -> Findings:
    turn, article, worked = ready
    by_words = worked.processed.topic
    topic = decide_topic(clues_of(article, by_words), rules)
    return Findings(article, worked.processed.places, story, topic, by_words, worked.packed, turn)
