"""List what the papers of each story disagree on, for reading; `docs/disagreements.md` is such a list, read.

    python benchmarks/list_disagreements.py stories.jsonl.gz

Each row is a story: `{"id", "documents": [{"url"?, "title", "sapo", "body", "published": "d/m/yyyy H:MM"}]}`.
"""

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from common import read_rows

from summarizer.model import Document, Piece
from summarizer.stories.disagreements import find_disagreements

_VIETNAM = dt.timezone(dt.timedelta(hours=7))
_UNKNOWN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def main(path: str) -> None:
    seconds: list[float] = []
    found = 0
    for row in read_rows(Path(path)):
        pieces = [_piece(number, document) for number, document in enumerate(row["documents"])]
        began = time.process_time()
        disagreements = find_disagreements(pieces)
        seconds.append(time.process_time() - began)
        for disagreement in disagreements:
            found += 1
            print(f"{found}. {row['id']}: {disagreement.what}")
            for claim in disagreement.claims:
                field = pieces[claim.article_id].document.field(claim.field)
                print(f"   {claim.source}: {claim.value} | {field[claim.start : claim.end]}")
    mean = 1000 * sum(seconds) / len(seconds)
    print(f"{found} in {len(seconds)} stories; {mean:.1f} ms a story, {1000 * max(seconds):.1f} at most")


def _piece(number: int, row: dict[str, Any]) -> Piece:
    moment = _moment(row.get("published", ""))
    paper = _paper(row.get("url", ""), number)
    return Piece(
        article_id=number,
        document=Document(row["title"], row["sapo"], row["body"]),
        summary=(),
        source=paper,
        source_title=paper,
        url=None,
        topic=None,
        published_at=moment,
        stored_at=moment or _UNKNOWN,
        quote="full",
        advertorial=False,
    )


def _moment(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=_VIETNAM)
    except ValueError:
        return None


def _paper(url: str, number: int) -> str:
    """Return the paper in an aggregator's URL (`/Home/TheGioi/paper.example/...`), else a name by number."""
    folders = urlsplit(url).path.split("/")
    return next((folder for folder in folders if "." in folder and not folder.endswith(".epi")), f"#{number}")


if __name__ == "__main__":
    main(sys.argv[1])
