"""Taking a passage or a file out of a conversation."""
