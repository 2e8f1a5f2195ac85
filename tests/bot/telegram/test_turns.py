"""Chats take turns, and a chat that floods delays only itself."""

import pytest

from bot.telegram.turns import PLACES, PLACES_OF_FLOODS, Turn, Turns


@pytest.fixture
def turns() -> Turns:
    """Turns while nothing waits at Telegram."""
    return Turns(lambda: False)


def ask(turns: Turns, chat: int, times: int = 1) -> list[Turn]:
    """Ask for several turns of a chat."""
    return [turns.ask(chat) for _ in range(times)]


def running(asked: list[Turn]) -> int:
    """Return how many turns have come."""
    return sum(turn.done() for turn in asked)


async def test_a_chat_has_one_turn_at_a_time_in_order(turns: Turns) -> None:
    asked = ask(turns, 1, 3)
    assert [turn.done() for turn in asked] == [True, False, False]
    turns.give_back(1, asked[0])
    assert [turn.done() for turn in asked] == [True, True, False]


async def test_a_new_chat_comes_before_those_that_had_turns(turns: Turns) -> None:
    holders = [ask(turns, chat, 2) for chat in range(PLACES)]
    late = ask(turns, 100)
    assert not running(late)
    turns.give_back(0, holders[0][0])
    assert running(late)
    assert not holders[0][1].done()


async def test_floods_leave_places_to_others_however_many_chats_they_are(turns: Turns) -> None:
    floods = [ask(turns, chat, 50) for chat in range(100)]
    first = [(chat, asked[0]) for chat, asked in enumerate(floods) if asked[0].done()]
    for chat, turn in first:  # each came while its chat had asked no more than this
        turns.give_back(chat, turn)
    assert sum(map(running, floods)) == len(first) + PLACES_OF_FLOODS
    calm = [ask(turns, chat) for chat in range(1_000, 1_010)]
    assert all(map(running, calm))


async def test_a_flood_is_known_by_what_waits_of_it_elsewhere() -> None:
    """Of chats that processes share one update at a time is here."""
    turns = Turns(lambda: False, lambda chat: 20 if chat < 1_000 else 0)
    floods = [ask(turns, chat) for chat in range(PLACES)]
    assert sum(map(running, floods)) == PLACES_OF_FLOODS
    assert running(ask(turns, 1_000))


async def test_a_calm_chat_does_not_wait_while_floods_wait_for_telegram(turns: Turns) -> None:
    for number in range(10):
        [turn] = ask(turns, 1_000)
        ask(turns, number, 40)
        assert turn.done()
        turns.give_back(1_000, turn)


async def test_every_update_of_every_flood_has_its_turn(turns: Turns) -> None:
    floods = {chat: ask(turns, chat, 30) for chat in range(40)}
    order: dict[int, list[int]] = {chat: [] for chat in floods}
    while any(len(done) < 30 for done in order.values()):
        in_work = [chat for chat, done in order.items() if len(done) < 30 and floods[chat][len(done)].done()]
        assert in_work, "somebody goes on"
        for chat in in_work:
            number = len(order[chat])
            assert not any(turn.done() for turn in floods[chat][number + 1 :]), "one at a time of a chat"
            order[chat].append(number)
            turns.give_back(chat, floods[chat][number])


async def test_while_more_waits_at_telegram_one_flood_goes_on() -> None:
    is_behind = True
    turns = Turns(lambda: is_behind)
    ask(turns, 500)
    floods = {chat: ask(turns, chat, 20) for chat in range(20)}
    calm = [chat for chat, asked in floods.items() if asked[0].done()]
    for chat in calm:
        turns.give_back(chat, floods[chat][0])
    assert sum(map(running, floods.values())) == len(calm) + 1
    is_behind = False
    ask(turns, 501)
    assert sum(map(running, floods.values())) == len(calm) + PLACES_OF_FLOODS


async def test_a_turn_given_up_is_passed_over_and_nothing_is_left_of_a_chat(turns: Turns) -> None:
    first, second, third = ask(turns, 1, 3)
    turns.give_back(1, second)
    turns.give_back(1, first)
    assert third.done()
    turns.give_back(1, third)
    assert ask(turns, 1)[0].done()
