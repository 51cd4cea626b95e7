"""What is seen of a model: the probes' frames, and one batch walked through."""
