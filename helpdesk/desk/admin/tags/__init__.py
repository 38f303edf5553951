"""Tags: renaming, merging, retiring."""
