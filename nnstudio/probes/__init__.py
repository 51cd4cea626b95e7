"""What a panel can ask of a model. One file, one declaration, for each thing; found by themselves; run in the engine."""
