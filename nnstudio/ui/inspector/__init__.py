"""The inspector: what is chosen, as a form with its shapes, source and problems."""
