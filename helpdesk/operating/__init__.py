"""Running the desk: backup and restore, the doctor's look, logs, figures. Above all features; none knows it."""
