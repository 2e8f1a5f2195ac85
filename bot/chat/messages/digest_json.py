"""A digest as the command line prints it with `--json`."""

from collections.abc import Sequence
from typing import Any

from bot.times.rfc3339 import to_rfc3339
from summarizer.digest import Digest, DigestStory
from summarizer.model import Disagreement
from summarizer.stories.telling import Report


def digest_json(digest: Digest, parts: Sequence[str], *, zone: str) -> dict[str, Any]:
    """Return the digest with its rendered messages `parts`; its slot with the offset of `zone`."""
    return {
        "edition": digest.edition,
        "slot": to_rfc3339(digest.slot, zone),
        "stories": [_story(story) for story in digest.stories],
        "parts": list(parts),
    }


def _story(story: DigestStory) -> dict[str, Any]:
    return {
        "title": story.title,
        "topic": story.topic,
        "sentences": [
            {"text": q.text, "article": q.article_id, "field": q.field, "start": q.start, "end": q.end}
            for q in story.quotes
        ],
        "reports": [
            {"article": r.article_id, "paper": r.paper, "published_at": _when(r), "precision": r.precision}
            for r in story.reports
        ],
        "sources": [{"name": source.name, "url": source.url} for source in story.sources],
        "update": story.is_update,
        "disagreements": [_disagreement(story.disagreement)] if story.disagreement else [],
    }


def _when(report: Report) -> str | None:
    return to_rfc3339(report.published_at, "UTC") if report.published_at else None


def _disagreement(disagreement: Disagreement) -> dict[str, Any]:
    claims = [
        {
            "source": claim.source,
            "value_text": claim.value,
            "article": claim.article_id,
            "field": claim.field,
            "start": claim.start,
            "end": claim.end,
        }
        for claim in disagreement.claims
    ]
    return {"what": disagreement.what, "claims": claims}
