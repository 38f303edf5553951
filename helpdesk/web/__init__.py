"""What every door shares: the gate, fragments, language, refusals, headers. Knows no feature."""
