"""What a site decides for itself while it serves: its settings, the texts it writes, and the log of who did what."""
