"""Keyword search over stored articles, with and without accents, by an index beside the database.

`generation` is one build of the index with its log of changes. `index` applies the changes, `rebuild` makes a
new build, `search` searches it. `summarizer.questions.query` reads the words of a question,
`summarizer.questions.snippets` chooses the sentence that a reader sees of a result.
"""
