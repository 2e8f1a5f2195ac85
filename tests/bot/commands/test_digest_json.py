"""A digest as `diemtin digest --json` prints it."""

import datetime as dt

from bot.commands.showing import digest_json
from summarizer.digest import Digest
from summarizer.model import DigestStory, Disagreement, Figure

SLOT = dt.datetime(2026, 11, 21, 23, 45, tzinfo=dt.UTC)


def stories_of(*stories: DigestStory) -> list[dict[str, object]]:
    digest = Digest("sang", "Điểm Tin sáng", SLOT, stories, 0)
    found: list[dict[str, object]] = digest_json(digest, [], zone="Asia/Ho_Chi_Minh")["stories"]
    return found


def test_each_figure_that_papers_disagree_on_has_its_place() -> None:
    claims = (
        Figure("Tin Sáng", "3 người", 4, "sapo", 0, 31),
        Figure("Báo Biển", "năm người", 9, "body", 12, 60),
    )
    disagreement = Disagreement("người bị thương", claims)
    [row] = stories_of(DigestStory(1, "Lũ quét", None, (), (), SLOT, 2, disagreement, is_update=True))
    assert row["update"] is True
    assert row["disagreements"] == [
        {
            "what": "người bị thương",
            "claims": [
                {
                    "source": "Tin Sáng",
                    "value_text": "3 người",
                    "article": 4,
                    "field": "sapo",
                    "start": 0,
                    "end": 31,
                },
                {
                    "source": "Báo Biển",
                    "value_text": "năm người",
                    "article": 9,
                    "field": "body",
                    "start": 12,
                    "end": 60,
                },
            ],
        }
    ]


def test_a_story_whose_papers_agree_has_none() -> None:
    [row] = stories_of(DigestStory(1, "Lũ quét", None, (), (), SLOT, 2))
    assert (row["update"], row["disagreements"]) == (False, [])
