"""Ways to give a network an input of one's own, and what it says."""
