"""The IT team's side: lists of all tickets and what an agent does with one."""
