"""What changed beyond chance: found after each tally, told once, followed until it is over."""
