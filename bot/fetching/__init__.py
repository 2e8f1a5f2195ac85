"""The open web, for intake: one polite, guarded request a host at a time. Parsing is `storage.intake`'s."""
