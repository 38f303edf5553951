"""Changes of several tickets at once, and taking them back."""
