"""How messages look: words, dates, markup, buttons."""
