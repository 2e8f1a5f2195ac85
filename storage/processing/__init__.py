"""Articles on their way through processing: turns, results, and processing again."""
