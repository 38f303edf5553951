"""The bell: what has happened that somebody should know, until they have read it."""
