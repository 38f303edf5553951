"""Saved views: a filter with its order and columns under a name, for oneself or for the team."""
