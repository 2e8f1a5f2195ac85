"""Questions: parsing, ranking, answers from articles, and watches."""
