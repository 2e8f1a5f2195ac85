"""The notices that operators get in their admin chat."""
