"""What a reader does with a digest: open a story's card, page through what was left out, answer it."""
