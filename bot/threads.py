"""The bot's threads by purpose; those of the search are `storage.threads.SEARCH`."""

from storage.threads import Threads

CHAT = Threads("chat", 4)  # answers to people
INTAKE = Threads("intake", 2)  # reading files, grouping, matching watches
DIGESTS = Threads("digests", 2)  # composing
