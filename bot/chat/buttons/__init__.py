"""Buttons: the intent of a tap, its callback data, and the keyboards."""
