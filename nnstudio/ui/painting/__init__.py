"""Painting points: strokes, the board they are painted on, and which data set they go to."""
