"""A run: batches, steps, what changes the weights, figures, and what becomes of trouble."""
