"""Polled sources: asked, read, and watched over."""
