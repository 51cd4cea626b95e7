"""What changes while a network trains: pictures and numbers on the cards, gradients on the wires."""
