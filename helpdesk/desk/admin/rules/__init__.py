"""Rules: what the desk does by itself."""
