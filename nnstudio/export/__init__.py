"""What a person can take away. One file, one declaration, for each kind; run in the engine; checked after writing."""
