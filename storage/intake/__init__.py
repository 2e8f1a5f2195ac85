"""Bytes → articles: from files, folders and streams to one `Incoming` or `Refusal` for each article found."""

from storage.intake.date_style import DateStyle
from storage.intake.date_text import DateOrder, read_date_text
from storage.intake.drafts import Draft, Incoming, Origin, Refusal, Taken, UnreadableError, draft_hash, take
from storage.intake.feeds import read_feed
from storage.intake.files import (
    OWN_FOLDERS,
    QUARANTINE,
    find_files,
    is_reason,
    move_read_file,
    path_drafts,
    read_path,
    read_stream,
    requeue_quarantined,
    shown_path,
    stream_drafts,
)
from storage.intake.pages import read_page, read_page_of
from storage.intake.parts import ROWS_A_PART, FileEntry, Part, path_parts, read_part

__all__ = [
    "OWN_FOLDERS",
    "QUARANTINE",
    "ROWS_A_PART",
    "DateOrder",
    "DateStyle",
    "Draft",
    "FileEntry",
    "Incoming",
    "Origin",
    "Part",
    "Refusal",
    "Taken",
    "UnreadableError",
    "draft_hash",
    "find_files",
    "is_reason",
    "move_read_file",
    "path_drafts",
    "path_parts",
    "read_date_text",
    "read_feed",
    "read_page",
    "read_page_of",
    "read_part",
    "read_path",
    "read_stream",
    "requeue_quarantined",
    "shown_path",
    "stream_drafts",
    "take",
]
