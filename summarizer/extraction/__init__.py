"""Which sentences sum an article, or several, up."""
