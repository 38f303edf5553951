"""The keys of the desk."""
