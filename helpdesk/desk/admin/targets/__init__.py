"""Targets: within how long tickets are to be answered."""
