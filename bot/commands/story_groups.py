"""`diemtin stories`: group articles on one event into a story, without a database.

It reads the settings for its clock, which takes longer to load than all that `diemtin summarize` needs.
"""

from typing import Annotated

import typer

from bot.commands.preparing import clock_of, settings_or_exit
from bot.commands.summarizing import opened, put_answers, rows
from storage.intake.dates import parse_published
from summarizer.stories.story_rows import group_rows

_ZONE = "Asia/Ho_Chi_Minh"  # of times without a zone: no source is declared here


def stories(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="Tệp JSONL; - hoặc bỏ trống là đầu vào chuẩn.")
    ] = "-",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="Mỗi dòng một bài JSON; đây là dạng duy nhất.")
    ] = True,
) -> None:
    """Group the articles of a JSONL file; the groups are final when the input ends."""
    clock = clock_of(settings_or_exit())
    with opened(path) as stream:
        put_answers(
            group_rows(
                rows(stream),
                parse_time=lambda text: (
                    found.at if (found := parse_published(text, _ZONE, clock.now())) else None
                ),
            )
        )
