"""What follows from a poll: when to ask again, what is wrong, and what admins are told, once."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetching.responses import Validators
from bot.fetching.source_health import BROKEN, MOVED, QUIET, Failed, Polled, Verdict, judge, silence_of
from bot.news.newsroom import WebSource
from bot.operators.source_notices import notices_of, together
from storage.sources import SourceState

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
EVERY = dt.timedelta(minutes=10)
HOUR = dt.timedelta(hours=1)
STATE = SourceState("bao", "https://bao.example/rss", NOW, fetched_at=NOW, new_at=NOW, gap_seconds=3600)
SOURCE = WebSource("bao", "Báo <Biển>", "feed", STATE.url, "Asia/Ho_Chi_Minh", None, "full")


def polled(**given: Any) -> Polled:
    """Return an answer without anything new."""
    return Polled(**({"validators": Validators(), "body_hash": "a"} | given))


def after(state: SourceState, outcome: Polled | Failed, *, later: dt.timedelta = EVERY) -> Verdict:
    """Judge an outcome some time after the start."""
    return judge(state, outcome, every=EVERY, now=NOW + later, chance=0.5)


def test_a_source_is_asked_again_at_its_own_pace() -> None:
    assert after(STATE, polled()).state.next_at == NOW + 2 * EVERY


@given(st.floats(0, 1))
def test_sources_do_not_come_due_together(chance: float) -> None:
    wait = judge(STATE, polled(), every=EVERY, now=NOW, chance=chance).state.next_at - NOW
    assert 0.95 * EVERY <= wait <= 1.06 * EVERY


def test_freshness_postpones_the_next_poll_by_an_hour_at_most() -> None:
    assert after(STATE, polled(fresh_seconds=1800)).state.next_at == NOW + EVERY + HOUR / 2
    assert after(STATE, polled(fresh_seconds=9e8)).state.next_at == NOW + EVERY + HOUR


def test_failures_are_followed_by_longer_and_longer_waits() -> None:
    state, waits = STATE, []
    for _ in range(12):
        state = after(state, Failed("server")).state
        waits.append((state.next_at - NOW - EVERY) / EVERY)
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 36  # six hours


def test_a_host_that_asks_to_be_left_alone_is() -> None:
    assert after(STATE, Failed("throttled", wait_seconds=40_000)).state.next_at == NOW + EVERY + dt.timedelta(
        seconds=40_000
    )


def test_a_broken_source_is_told_once_after_three_tries_and_its_recovery_once() -> None:
    state, told = STATE, []
    for outcome in (*[Failed("server", "HTTP 500")] * 6, polled(), polled()):
        verdict = after(state, outcome)
        state, told = verdict.state, [*told, (set(verdict.begun), set(verdict.over))]
    nothing: tuple[set[str], set[str]] = (set(), set())
    assert told == [nothing, nothing, ({BROKEN}, set()), *[nothing] * 3, (set(), {BROKEN}), nothing]
    assert (state.failures, state.trouble, state.told) == (0, None, ())


@pytest.mark.parametrize("code", ["robots", "gone", "private", "address"])
def test_what_does_not_mend_itself_is_told_at_once(code: Any) -> None:
    verdict = after(STATE, Failed(code))
    assert verdict.begun == {BROKEN}
    assert verdict.state.next_at - NOW > 5 * HOUR


def test_a_failure_that_passes_is_told_to_nobody() -> None:
    verdict = after(after(STATE, Failed("timeout")).state, polled())
    assert (verdict.begun, verdict.over) == (frozenset(), frozenset())


def test_silence_beyond_the_usual_is_told_once_and_its_end_once() -> None:
    usual = silence_of(STATE, EVERY)
    assert after(STATE, polled(), later=usual - HOUR).begun == set()
    quiet = after(STATE, polled(), later=usual + HOUR)
    assert quiet.begun == {QUIET}
    assert after(quiet.state, polled(), later=usual + 2 * HOUR).begun == set()
    assert after(quiet.state, polled(new=1), later=usual + 2 * HOUR).over == {QUIET}


def test_a_page_may_be_silent() -> None:
    late = NOW + silence_of(STATE, EVERY) + HOUR
    verdict = judge(STATE, polled(), every=EVERY, now=late, chance=0.5, may_be_silent=True)
    assert verdict.begun == set()


def test_a_failure_says_nothing_about_silence() -> None:
    quiet = after(STATE, polled(), later=silence_of(STATE, EVERY) + HOUR).state
    assert after(quiet, Failed("timeout")).state.told == (QUIET,)


def test_the_longest_usual_pause_is_learnt_from_publications() -> None:
    hours = (0, 1, 2, 10, 11, 12)  # a night of eight hours
    published = tuple(NOW - dt.timedelta(hours=hour) for hour in hours)
    learnt = after(replace(STATE, gap_seconds=None), polled(published=published)).state
    assert learnt.gap_seconds == 8 * 3600
    assert silence_of(learnt, EVERY) == 24 * HOUR


def test_a_pinned_item_of_long_ago_is_no_pause() -> None:
    published = (dt.datetime(2019, 1, 1, tzinfo=dt.UTC), *(NOW - n * HOUR for n in range(4)))
    assert after(replace(STATE, gap_seconds=None), polled(published=published)).state.gap_seconds == 3600


def test_a_pause_that_has_not_come_again_fades() -> None:
    faded = after(STATE, polled(), later=dt.timedelta(days=14)).state
    assert faded.gap_seconds == 1800


def test_a_feed_without_dates_is_learnt_from_arrivals() -> None:
    undated = replace(STATE, gap_seconds=None)
    assert after(undated, polled(new=2), later=5 * HOUR).state.gap_seconds == 5 * 3600


def test_a_feed_just_met_has_a_week() -> None:
    assert silence_of(replace(STATE, gap_seconds=None), EVERY) == dt.timedelta(days=7)


def test_a_move_is_told_once_and_its_end_not_at_all() -> None:
    moved = after(STATE, polled(moved_to="https://moi.example/rss"))
    assert moved.begun == {MOVED}
    assert after(moved.state, polled(moved_to="https://moi.example/rss")).begun == set()
    assert after(moved.state, polled()).over == set()


def test_the_admins_read_what_is_wrong_and_what_to_do_escaped() -> None:
    broken = after(STATE, Failed("robots", "<script>")).state
    [text] = notices_of(SOURCE, Verdict(broken, frozenset({BROKEN})))
    assert "Báo &lt;Biển&gt;" in text
    assert "robots.txt" in text
    assert "Nên làm:" in text
    assert "<script>" not in text
    [moved] = notices_of(
        SOURCE, Verdict(replace(STATE, moved_to="https://moi.example/rss"), frozenset({MOVED}))
    )
    assert "feed = &quot;https://moi.example/rss&quot;" in moved
    [quiet] = notices_of(SOURCE, Verdict(STATE, frozenset({QUIET})))
    assert "08:00 02/03/2026" in quiet


def test_many_notices_of_the_longest_kind_fit_one_message() -> None:
    url = "https://moi.example/" + "&" * 2_000
    state = replace(STATE, moved_to=url, trouble="robots", detail="&" * 2_000)
    source = replace(SOURCE, title="&" * 64, url=url)
    notices = [
        n for _ in range(40) for n in notices_of(source, Verdict(state, frozenset({BROKEN, MOVED, QUIET})))
    ]
    text = together(notices)
    assert "tin báo nữa" in text
    assert len(text.replace("&amp;", "&").replace("&quot;", '"')) < 4_096
