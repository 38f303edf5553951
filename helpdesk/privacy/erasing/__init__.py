"""Erasing: of an account with all that it has said, and of what has been kept long enough."""
