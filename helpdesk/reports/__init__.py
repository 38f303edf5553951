"""Figures of the desk's work, kept by the day with each change, so that no report reads all tickets."""
