"""What a panel can ask of a model. One file, one declaration, for each thing; found by itself; run in the engine."""
