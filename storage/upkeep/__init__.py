"""Upgrades, back-ups, copies and the nightly clean-up of a database; counts for operators."""
