"""The second page of the sign-in, for whoever has a second factor."""
