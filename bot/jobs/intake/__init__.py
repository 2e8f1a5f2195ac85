"""Read files into articles; give each article its summary, story, topic and place in the index."""
