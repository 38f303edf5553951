"""Saved replies: what agents write once and insert often, in up to four languages."""
