"""The texts that the site writes itself, in four languages."""
