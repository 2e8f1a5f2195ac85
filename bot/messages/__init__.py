"""How messages look and what they say: texts, times in words, markup, digests as HTML."""
