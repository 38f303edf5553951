"""Administration: members, the team, tags, targets, hours, the site's own texts, rules and the audit log."""
