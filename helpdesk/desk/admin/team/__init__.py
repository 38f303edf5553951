"""The team: who is in it, what they are, what becomes of their work when they leave it."""
