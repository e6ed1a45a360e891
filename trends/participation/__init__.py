"""Participation: who is debriefed at all, how soon, and how carefully. Never a board of people."""
