"""Articles on one event: found together, and told as one."""
