"""What lies on the canvas: cards of nodes, wires, frames and comments, and how they are painted."""
