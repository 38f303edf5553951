"""Reports: what the team has done in a range of days, as figures, charts, tables and files."""
