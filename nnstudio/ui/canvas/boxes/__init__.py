"""Small boxes over the canvas in which a person types to choose or to find."""
