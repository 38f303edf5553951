"""Submitting a technical issue in four steps: title, description, files, submit."""
