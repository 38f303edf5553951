"""Tickets that belong together, at the desk: merging, splitting, linking and following up."""
