"""One form per intent. Forms clean; services act."""
