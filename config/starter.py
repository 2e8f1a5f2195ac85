"""The starter list: feeds of Vietnamese papers by topic, from data. Their addresses are others' to change."""

import importlib.resources
import tomllib
from dataclasses import dataclass

NO_TOPIC = "moi"
"""The key of feeds that carry every topic."""


@dataclass(frozen=True, slots=True)
class StarterFeed:
    """One feed of a paper; `topic` is a built-in topic, or None where the feed carries them all."""

    name: str
    title: str
    url: str
    topic: str | None


def starter_feeds() -> list[StarterFeed]:
    """Return the list, paper by paper."""
    data = (importlib.resources.files("config") / "starter_feeds.toml").read_text(encoding="utf-8")
    return [
        StarterFeed(
            name=f"{paper['name']}-{topic}"[:32].rstrip("-"),
            title=paper["title"],
            url=paper["base"] + path,
            topic=None if topic == NO_TOPIC else topic,
        )
        for paper in tomllib.loads(data)["papers"]
        for topic, path in paper["feeds"].items()
    ]
