"""How an agent works, as they say themselves: the languages they write, what they get, shortcuts."""
