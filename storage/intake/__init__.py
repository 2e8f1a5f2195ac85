"""Bytes → articles: files, folders and streams in; for each article found one `Incoming` or `Refusal` out."""

from storage.intake.drafts import Draft, take
from storage.intake.feeds import read_feed
from storage.intake.files import find_files, read_path, read_stream, shown_path
from storage.intake.model import Incoming, Origin, Refusal, Taken, UnreadableError
from storage.intake.pages import read_page

__all__ = [
    "Draft",
    "Incoming",
    "Origin",
    "Refusal",
    "Taken",
    "UnreadableError",
    "find_files",
    "read_feed",
    "read_page",
    "read_path",
    "read_stream",
    "shown_path",
    "take",
]
