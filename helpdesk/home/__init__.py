"""The start page, the help page and the health check."""
