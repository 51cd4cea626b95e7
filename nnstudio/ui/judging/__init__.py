"""Views of what a network predicts: cards of samples, and figures over all of them."""
