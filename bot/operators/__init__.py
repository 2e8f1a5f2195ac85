"""What operators are told in their admin chat."""
