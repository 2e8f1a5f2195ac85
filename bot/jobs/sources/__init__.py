"""Polled sources: asked, read, judged, and reported to the admins."""
