"""One ticket for agents: its page, its thread, and what is written in it."""
