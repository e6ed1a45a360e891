"""Proposing a reason from the notes on a deal: words, weights, and how they are trained."""
