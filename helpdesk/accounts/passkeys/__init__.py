"""Passkeys: what a browser is asked, and whether its answer is right."""
