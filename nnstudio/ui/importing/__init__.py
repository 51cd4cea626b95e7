"""A person's own files: the dialog that shows how they are read, and noticing that they moved or changed."""
