"""Bytes → articles: files, folders and streams in; for each article found one `Incoming` or `Refusal` out."""

from storage.intake.files import read_path, read_stream
from storage.intake.model import Incoming, Origin, Refusal, Taken

__all__ = ["Incoming", "Origin", "Refusal", "Taken", "read_path", "read_stream"]
