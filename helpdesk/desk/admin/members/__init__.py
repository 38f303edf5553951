"""Members: finding them, what the team sees of one, what administrators do to an account."""
