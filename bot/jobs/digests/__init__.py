"""Due slots become issues: arrivals taken in first, then one issue for each profile."""
