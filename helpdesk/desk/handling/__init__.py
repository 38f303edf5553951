"""What agents set on a ticket beside answering it: who looks after it, its priority, its tags."""
