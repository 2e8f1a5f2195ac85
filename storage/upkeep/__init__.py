"""What keeps a database well over years, and what it counts for operators."""
