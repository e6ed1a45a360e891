"""Pages about oneself, about people and teams, and the first admin's set-up."""
