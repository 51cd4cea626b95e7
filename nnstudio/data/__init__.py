"""What can be trained on. Each data set is one declaration, found by itself and light to import."""
