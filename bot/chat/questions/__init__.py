"""Questions in chat: answers, their pages, watches and trends."""
