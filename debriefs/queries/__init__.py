"""Reads for the pages of debriefs."""
