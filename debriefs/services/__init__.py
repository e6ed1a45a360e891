"""All writes and business rules of debriefs."""
