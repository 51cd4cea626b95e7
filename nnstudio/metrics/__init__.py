"""How good a network is on the test set, one declaration a figure. Light at import: scikit-learn only in computing."""
