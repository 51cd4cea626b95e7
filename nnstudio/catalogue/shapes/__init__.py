"""Shape arithmetic shared by the declarations, one file a family.

A rule takes a Site and gives the output's shape, or raises ShapeError. Formulas are those of the PyTorch
documentation of the layer named in each docstring.
"""
