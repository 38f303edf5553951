"""People: members, agents and administrators, their sessions, sign-in, profile and import."""
