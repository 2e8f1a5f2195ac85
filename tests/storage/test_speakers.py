"""No source changes the article of another source; on both engines."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from storage.articles import Tally, find_versions, store_articles
from storage.engine import Database
from storage.identity import may_replace, site_of
from storage.intake.drafts import Draft, Incoming, Origin, take
from tests.waiting import find_waiting

LINK = "https://baobien.example/tin-1.html"
TRUE = "Bến phà mở lại sau ba tháng sửa chữa, đón chuyến khách đầu tiên vào sáng nay."
INVENTED = "Bến phà đóng cửa vĩnh viễn, hàng nghìn người dân không còn đường sang sông."
PAPER = Origin("bao-bien", sites=frozenset({"baobien.example"}))
OTHER_FEED = Origin("bao-bien-the-thao", sites=frozenset({"baobien.example"}))
STRANGER = Origin("bao-la", sites=frozenset({"la.example"}))
INBOX = Origin("hop-tin")
OTHER_INBOX = Origin("hop-tin-hai")
COMMAND = Origin()


def told(origin: Origin, text: str, now: dt.datetime, **given: Any) -> Incoming:
    """Return what a source says of the article at `LINK`."""
    taken = take(Draft("thu", **({"title": "Bến phà", "sapo": text, "url": LINK} | given)), origin, now)
    assert isinstance(taken, Incoming)
    return taken


async def store(database: Database, now: dt.datetime, *articles: Incoming) -> list[Tally]:
    """Store articles one after the other."""
    tallies = []
    for one in articles:
        async with database.write() as connection:
            tallies.append(await store_articles(connection, [one], now=now))
    return tallies


async def stored(database: Database) -> list[tuple[str, str, int]]:
    """Return the source, the lead and the version of each article."""
    async with database.read() as connection:
        return [(one.source, one.sapo, one.version) for one in await find_waiting(connection, 100)]


@pytest.mark.parametrize("is_first", [True, False])
async def test_what_a_source_says_of_another_hosts_link_is_its_own_article(
    database: Database, now: dt.datetime, is_first: bool
) -> None:
    true, invented = told(PAPER, TRUE, now), told(STRANGER, INVENTED, now)
    tallies = await store(
        database, now, *((invented, true) if is_first else (true, invented)), invented, true
    )
    assert tallies == [Tally(new=1), Tally(new=1), Tally(duplicate=1), Tally(duplicate=1)]
    assert sorted(await stored(database)) == [("bao-bien", TRUE, 1), ("bao-la", INVENTED, 1)]


@pytest.mark.parametrize(
    ("first", "second"), [(PAPER, OTHER_FEED), (INBOX, OTHER_INBOX), (PAPER, INBOX)], ids=str
)
async def test_two_sources_with_one_link_do_not_version_each_other(
    database: Database, now: dt.datetime, first: Origin, second: Origin
) -> None:
    tallies = await store(
        database, now, *(told(one, text, now) for one, text in ((first, TRUE), (second, INVENTED)) * 3)
    )
    assert sum(tallies, Tally()) == Tally(new=1, duplicate=5)
    [(source, sapo, version)] = await stored(database)
    assert (source, sapo, version) == (first.source, TRUE, 1)


async def test_a_source_changes_what_it_said_itself_and_changes_it_back(
    database: Database, now: dt.datetime
) -> None:
    texts = (TRUE, INVENTED, TRUE)
    tallies = await store(database, now, *(told(PAPER, text, now) for text in texts))
    assert sum(tallies, Tally()) == Tally(new=1, updated=2)


async def test_the_papers_own_feed_replaces_what_an_inbox_had_of_it_and_keeps_it(
    database: Database, now: dt.datetime
) -> None:
    articles = [told(INBOX, INVENTED, now), told(PAPER, TRUE, now), told(INBOX, INVENTED, now)]
    tallies = await store(database, now, *articles)
    assert tallies == [Tally(new=1), Tally(updated=1), Tally(duplicate=1)]
    [(_, sapo, version)] = await stored(database)
    assert (sapo, version) == (TRUE, 2)
    async with database.read() as connection:
        [article] = await find_waiting(connection, 10)
        assert [one.document.sapo for one in await find_versions(connection, article.id)] == [INVENTED]


async def test_a_lead_does_not_take_the_text_away_and_a_text_is_added_to_a_lead(
    database: Database, now: dt.datetime
) -> None:
    lead, whole = told(OTHER_FEED, TRUE, now), told(PAPER, TRUE, now, body=INVENTED)
    tallies = await store(database, now, lead, whole, lead, whole)
    assert sum(tallies, Tally()) == Tally(new=1, updated=1, duplicate=2)
    async with database.read() as connection:
        [article] = await find_waiting(connection, 10)
    assert article.body == INVENTED


async def test_the_command_corrects_what_an_inbox_brought(database: Database, now: dt.datetime) -> None:
    tallies = await store(database, now, told(INBOX, INVENTED, now), told(COMMAND, TRUE, now))
    assert tallies == [Tally(new=1), Tally(updated=1)]


async def test_an_item_without_a_link_belongs_to_the_source_that_gave_it(
    database: Database, now: dt.datetime
) -> None:
    """Also where an inbox names that source and the same number."""
    given = {"url": "", "external_id": "7"}
    named = told(INBOX, INVENTED, now, source="bao-bien", **given)
    tallies = await store(database, now, told(PAPER, TRUE, now, **given), named)
    assert tallies == [Tally(new=1), Tally(duplicate=1)]


@dataclass(frozen=True)
class Text:
    """What one source says, or said."""

    speaker: str | None
    standing: str
    title: str = "Bến phà"
    sapo: str = TRUE
    body: str = INVENTED


@pytest.mark.parametrize("standing", ["host", "files"])
@pytest.mark.parametrize("speakers", [("a", "b"), ("b", "a")])
def test_between_sources_of_equal_standing_the_first_keeps_the_article(
    speakers: tuple[str, str], standing: str
) -> None:
    first, second = (Text(speaker, standing) for speaker in speakers)
    assert not may_replace(first, second)
    assert may_replace(replace(first, body=""), second), "which had no body"
    assert may_replace(first, replace(first, sapo="")), "its own"


@pytest.mark.parametrize("change", [{"title": "A"}, {"title": "Z"}, {"sapo": "A"}, {"sapo": "Z"}])
def test_a_papers_new_lead_replaces_what_files_brought_and_the_same_lead_does_not(
    change: dict[str, str],
) -> None:
    known, lead = Text("files", "files"), Text("paper", "host", body="")
    assert not may_replace(known, lead)
    assert may_replace(known, replace(lead, **change))


LEAD = {"body": ""}
OTHER_LEAD = {"body": "", "sapo": INVENTED}
COMMAND_SAYS, INBOX_SAYS, PAPER_SAYS = Text("", "files"), Text("inbox", "files"), Text("paper", "host")


@pytest.mark.parametrize(
    ("known", "coming", "is_replaced"),
    [
        (replace(INBOX_SAYS, speaker=None), INBOX_SAYS, True),  # stored before speakers were kept
        (replace(PAPER_SAYS, speaker=None), replace(INBOX_SAYS, **LEAD), True),
        (INBOX_SAYS, PAPER_SAYS, True),
        (replace(INBOX_SAYS, **LEAD), PAPER_SAYS, True),
        (replace(INBOX_SAYS, **LEAD), replace(PAPER_SAYS, **LEAD), True),
        (replace(INBOX_SAYS, standing="elsewhere"), PAPER_SAYS, True),
        (PAPER_SAYS, INBOX_SAYS, False),
        (PAPER_SAYS, COMMAND_SAYS, False),
        (replace(PAPER_SAYS, **LEAD), INBOX_SAYS, False),
        (replace(PAPER_SAYS, speaker=""), PAPER_SAYS, False),  # of two hosts none is the command
        (INBOX_SAYS, COMMAND_SAYS, True),
        (INBOX_SAYS, replace(COMMAND_SAYS, **LEAD), False),  # the same lead without its text
        (INBOX_SAYS, replace(COMMAND_SAYS, **OTHER_LEAD), True),
        (COMMAND_SAYS, INBOX_SAYS, True),
        (COMMAND_SAYS, replace(INBOX_SAYS, standing="elsewhere"), False),
        (replace(COMMAND_SAYS, **LEAD), replace(INBOX_SAYS, standing="elsewhere"), True),
        (replace(INBOX_SAYS, **LEAD), replace(INBOX_SAYS, speaker="b", **OTHER_LEAD), False),
        (INBOX_SAYS, replace(INBOX_SAYS, speaker="b", **OTHER_LEAD), False),
        (INBOX_SAYS, replace(INBOX_SAYS, speaker="".join(["in", "box"]), sapo=INVENTED), True),  # its own
    ],
)
def test_which_text_replaces_which(known: Text, coming: Text, is_replaced: bool) -> None:
    assert may_replace(known, coming) is is_replaced


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("vnexpress.net", "vnexpress.net"),
        ("thethao.tuoitre.vn", "tuoitre.vn"),
        ("www.bao.com.vn", "bao.com.vn"),
        ("24.bao.vn", "bao.vn"),
        ("m.so.hanoi.gov.vn", "hanoi.gov.vn"),
        ("news.bao.co.uk", "bao.co.uk"),
        ("ai-do.blogspot.com", "ai-do.blogspot.com"),
        ("co.vn", "co.vn"),
        ("tin.com.example", "com.example"),  # a second level only below a country
        ("tin.com.x", "com.x"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("Bao.Example.", "bao.example"),
        ("", ""),
    ],
)
def test_subdomains_of_a_paper_are_one_site(host: str, site: str) -> None:
    assert site_of(host) == site
