"""Files become articles, and each article gets its summary, story, topic and place in the index."""
