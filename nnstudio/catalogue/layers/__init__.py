"""The layers, one file a family. A new layer is one declaration here and nothing elsewhere."""
