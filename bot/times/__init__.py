"""The clock, schedules, and times as people and machines write them."""
