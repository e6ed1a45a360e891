"""Dashboard pages on paper and as pictures: what they say, and the setting of it."""
