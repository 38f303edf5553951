"""The audit log: who administered what."""
