"""Every intent has a route with a decision on who may tap it, and none reaches another chat's things."""

import dataclasses
import types
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from bot.chat.buttons import intents
from bot.chat.buttons import operator_intents as operators
from bot.chat.buttons import reader_intents as readers
from bot.chat.buttons.callbacks import encode, parse
from bot.chat.buttons.intents import Button, Intent
from bot.chat.routes import Access, find_route, make_routes

NEWS = (
    readers.OpenCard,
    readers.ShowMore,
    readers.TurnMore,
    readers.SaveStory,
    readers.FollowStory,
    readers.OfferMute,
    readers.MuteWord,
    readers.Teach,
    readers.AskWhy,
)  # what these name is news, and nobody's own
KINDS: list[Any] = [kind for kind in get_args(Intent) if kind is not Button]
OTHERS_TIMES = "05:05"
ACTIONS: Any = SimpleNamespace(call_off=None)
ROUTES = make_routes(ACTIONS)


def samples(number: int) -> list[Intent]:
    """Return one intent of each kind and every button; those that name a row name this one."""
    return [
        *Button,
        intents.SetTimes(("20:00",)),
        intents.SetDays((5, 6)),
        intents.SetQuiet(0, 0),
        intents.SetEdition("toi"),
        intents.TakeEdition("toi", True),
        intents.SetTopic("the-thao", is_wanted=True),
        readers.SetLength("gon"),
        readers.SetSilent(is_silent=True),
        readers.SetWeekly(is_wanted=True),
        readers.SetBreaking(1),
        readers.SetFigure(number, is_wanted=True),
        readers.DropWord(number),
        readers.DropTaste(number),
        readers.SetPaper("bao-bien", is_out=True),
        intents.Undo(number, "schedule"),
        intents.Undo(number, "topics"),
        intents.TurnPage(number, 0),
        intents.ShowView(number, "details"),
        intents.AskAgain(number, "any_time"),
        intents.WatchQuestion(number),
        intents.SetWatch(number, is_in_list=True, is_wanted=False),
        intents.SetWatch(number, is_in_list=True, is_wanted=True),
        intents.RunWatch(number),
        readers.OpenCard(number),
        readers.ShowMore(number),
        readers.TurnMore(number, 0),
        readers.SaveStory(number, is_wanted=True),
        readers.FollowStory(number, is_wanted=True),
        readers.SetFollow(number, is_in_list=True, is_wanted=False),
        readers.SetFollow(number, is_in_list=True, is_wanted=True),
        readers.Teach(number, -1),
        readers.OfferMute(number, is_wanted=True),
        readers.MuteWord(number, number),
        readers.AskWhy(number),
        readers.ShowSaved(0),
        readers.ReadSaved(number, 0),
        readers.KeepSaved(number),
        intents.PauseFor(3),
        intents.Confirm(number),
        operators.Preview("sang"),
        operators.AskToSend("sang"),
        operators.SendNow("sang"),
        operators.ShowMailing(number, is_correction=False),
        operators.ShowMailing(number, is_correction=True),
        operators.AskToRetract(number),
        operators.Retract(number),
        operators.SendCorrection(number),
        operators.ShowEdition("sang"),
        operators.ProposeChange("+0630", "sang"),
        operators.WriteChange("p1", 7, "sang"),
        operators.ChangeAnnouncement(number, "sang", is_silent=True),
        operators.ChangeAnnouncement(number, "", is_silent=False),
        operators.Announce(number),
        operators.CallOffAnnouncement(number),
        operators.ShowGate(number, 0),
        operators.ReadGate(number),
        operators.AnswerGate(number, is_approved=True),
        operators.AnswerGate(number, is_approved=False),
        operators.TakeStory(number, number, is_wanted=False),
        operators.TakeStory(number, number, is_wanted=True),
    ]


def row_of(intent: Intent) -> str | None:
    """Return the field of an intent that names a row, if it has one."""
    fields = () if isinstance(intent, Button) else dataclasses.fields(intent)
    return next((field.name for field in fields if field.name.endswith("_id")), None)


def naming(intent: Intent, number: int) -> Intent:
    """Return the intent with the row `number`, if it names a row."""
    name = row_of(intent)
    return replace(intent, **{name: number}) if name and not isinstance(intent, Button) else intent


def test_every_intent_and_every_press_has_a_decision() -> None:
    assert isinstance(Intent, types.UnionType)
    assert set(ROUTES) == {*KINDS, *Button}
    assert {type(one) for one in samples(1)} == {*KINDS, Button}
    assert all(parse(encode(one)) == one for one in samples(1))


def test_what_an_operator_may_and_no_reader_is_called_so_in_its_data() -> None:
    for intent in samples(1):
        assert (find_route(ROUTES, intent).access is Access.OPERATORS) == encode(intent).startswith("quantri")


@pytest.fixture
async def secretive(house: Any, publish: Any) -> Any:
    """Someone with a question, a watch and times of their own; the first row of each table is theirs."""
    await publish("Đêm hội ở Hạ Long")
    secretive = await house.person("Bình")
    await secretive.says("/start")
    await secretive.says(f"/lich {OTHERS_TIMES}")
    await secretive.says("/theodoi giá vàng riêng")
    await secretive.says("bí mật hạ long")
    return secretive


async def test_no_forged_button_shows_or_changes_what_is_another_chats(
    an: Any, house: Any, secretive: Any
) -> None:
    await an.says("/start")
    await an.says("/lich 20:00")
    others, own = await secretive.subscription(), await an.subscription()
    before = await an.messages()
    for intent in [one for one in samples(1) if row_of(one) and not isinstance(one, NEWS)]:
        forged = encode(naming(intent, others.profile_id if isinstance(intent, intents.Undo) else 1))
        await house.clock.advance(60)
        assert await an.forges(forged) is not None, forged
        assert await an.messages() == before, f"{forged} shows something of the other chat"
        assert await an.subscription() == own, forged
        assert await secretive.subscription() == others, forged
    await secretive.says("/theodoi")
    await secretive.sees("giá vàng riêng")


@pytest.mark.parametrize("kind", ["supergroup", "channel"])
async def test_no_member_shows_or_changes_a_groups_or_channels_settings_by_a_button_old_or_forged(
    house: Any, kind: str
) -> None:
    binh, chi = await house.person("Bình"), await house.person("Chi")
    member, administrator = await house.group(binh, administrator=chi, type=kind)
    await administrator.says("/start")
    await administrator.says("/lich 20:00")
    before, shown = await administrator.subscription(), await administrator.messages()
    for intent in [one for one in samples(1) if find_route(ROUTES, one).access is not Access.READERS]:
        forged = encode(naming(intent, before.previous_profile_id or 1))
        await house.clock.advance(60)
        line = await member.forges(forged)
        assert line is not None, forged
        assert line.startswith(("Chỉ quản trị viên nhóm", "Nút này đã cũ.")), forged
        assert await administrator.messages() == shown, forged
        assert await administrator.subscription() == before, forged


@pytest.mark.parametrize(
    ("intent", "is_question"),
    [
        (intents.AskAgain(1, "any_time"), True),
        (intents.RunWatch(1), True),
        (operators.Preview("sang"), True),
        (intents.TurnPage(1, 0), False),
        (readers.ShowSaved(0), False),
        (operators.ShowEdition("sang"), False),
    ],
)
async def test_a_tap_that_searches_or_composes_counts_as_a_question(
    an: Any, house: Any, intent: Intent, is_question: bool
) -> None:
    house.services.newsroom = replace(house.services.newsroom, questions_per_10_seconds=1)
    await an.says("hạ long")
    line = await an.forges(encode(intent))
    assert (line is not None and line.startswith("Bạn gửi hơi nhanh")) is is_question, line


async def test_undo_takes_back_the_chats_own_last_change_and_nothing_older(an: Any) -> None:
    await an.says("/start")
    first = (await an.subscription()).profile_id
    await an.says("/lich 18:00")
    second = (await an.subscription()).profile_id
    await an.says("/lich 20:00")
    assert await an.forges(f"hoantac:schedule:{first}") == "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
    assert await an.forges(f"hoantac:schedule:{second}") is None
    assert (await an.subscription()).choices.times == ("18:00",)
