"""One-time links to choose a password: asked for by whoever has forgotten theirs, used once."""
