"""Synthetic deals and debriefs in bulk, for benchmarks and trials."""
