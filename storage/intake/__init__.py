"""Bytes → articles: files, folders and streams in; for each article found one `Incoming` or `Refusal` out."""

from storage.intake.files import find_files, read_path, read_stream, shown_path
from storage.intake.model import Incoming, Origin, Refusal, Taken

__all__ = [
    "Incoming",
    "Origin",
    "Refusal",
    "Taken",
    "find_files",
    "read_path",
    "read_stream",
    "shown_path",
]
