"""How many updates of a sender may wait."""

from typing import Any

import pytest

from bot.telegram import turns
from bot.telegram.turns import Backlog, Sender, sender_of

GROUP = {"id": -5, "type": "supergroup", "title": "Xóm"}
AN = {"id": 7, "is_bot": False, "first_name": "An"}


def said(number: int, person: int = 7, chat: int | None = None) -> dict[str, Any]:
    """Build a message as it comes."""
    place = {"id": chat or person, "type": "private"}
    return {"update_id": number, "message": {"message_id": 1, "chat": place, "from": AN | {"id": person}}}


@pytest.mark.parametrize(
    ("content", "sender"),
    [
        ({"message": {"chat": GROUP, "from": AN}}, Sender(-5, 7)),
        ({"message": {"chat": GROUP, "from": AN, "sender_chat": {"id": -9}}}, Sender(-5, -9)),
        ({"channel_post": {"chat": {"id": -8}, "sender_chat": {"id": -8}}}, Sender(-8, -8)),
        ({"callback_query": {"from": AN, "message": {"chat": GROUP, "from": {"id": 1}}}}, Sender(-5, 7)),
        ({"callback_query": {"from": AN, "inline_message_id": "a"}}, Sender(7, 7)),
        ({"inline_query": {"from": AN, "query": "giá"}}, Sender(7, 7)),
        ({"my_chat_member": {"chat": GROUP, "from": AN}}, Sender(-5, 7)),
        ({"message": {"chat": "x", "from": []}}, Sender(0, 0)),
        ({"message": None}, Sender(0, 0)),
        ({}, Sender(0, 0)),
    ],
)
def test_the_sender_is_who_acts_in_the_chat_where_it_happens(content: dict[str, Any], sender: Sender) -> None:
    assert sender_of({"update_id": 1} | content) == sender


def test_a_person_has_a_share_and_gets_it_back_as_updates_are_handled() -> None:
    waiting = Backlog()
    for number in range(turns.OF_A_PERSON):
        assert waiting.has_room(said(number))
        waiting.add(said(number))
    waiting.add(said(0))
    assert not waiting.has_room(said(1_000))
    assert waiting.has_room(said(1_000, person=8))
    waiting.remove(3)
    waiting.remove(3)
    assert waiting.has_room(said(1_000))
    waiting.add(said(1_000))
    assert not waiting.has_room(said(1_001))


def test_a_groups_members_share_more_than_one_person_has() -> None:
    waiting = Backlog()
    for number in range(turns.OF_A_CHAT):
        one = said(number, person=number % 50 + 1, chat=-5)
        assert waiting.has_room(one)
        waiting.add(one)
    assert not waiting.has_room(said(1_000, person=99, chat=-5))
    assert waiting.has_room(said(1_000, person=99))


def test_in_a_crowd_shares_are_smaller_and_a_first_word_is_still_heard() -> None:
    waiting = Backlog()
    for number in range(turns.CROWDED):
        waiting.add(said(number, person=number // 20 + 1))
    assert not waiting.has_room(said(9_999, person=1))
    assert waiting.has_room(said(9_999, person=99_999))


@pytest.mark.parametrize(
    "content", [{"my_chat_member": {}}, {"message": {"migrate_to_chat_id": -100}}], ids=["member", "moved"]
)
def test_a_chat_that_moved_or_changed_the_bots_rights_is_heard_beyond_the_share(
    content: dict[str, dict[str, Any]],
) -> None:
    waiting = Backlog()
    for number in range(turns.OF_A_PERSON):
        waiting.add(said(number))
    [(kind, inner)] = content.items()
    raw = {"update_id": 500, kind: inner | {"chat": {"id": 7}, "from": AN}}
    assert waiting.has_room(raw)
