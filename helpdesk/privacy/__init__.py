"""What people's data is to them: seeing all of it, having it erased, and how long it is kept."""
