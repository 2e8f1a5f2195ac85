"""Choose the sentences of a summary, of one article or several."""
