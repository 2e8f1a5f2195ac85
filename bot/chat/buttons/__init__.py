"""Buttons: what a tap asks for, how it travels in callback data, and the keyboards."""
