"""The pages of debriefs."""
