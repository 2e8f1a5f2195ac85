"""Care of scraped text: repair, cleaning, sentences, syllables."""
