"""Bytes → articles: from files, folders and streams to one `Incoming` or `Refusal` for each article found."""
