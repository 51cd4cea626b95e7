"""The wires of a scene and the ways they go."""
