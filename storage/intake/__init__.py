"""Bytes → articles: files, folders and streams in; one `Incoming` or one `Refusal` out for each article found."""
