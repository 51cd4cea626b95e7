"""Building blocks that torch.nn does not have. Nobody imports them: generated source carries the text of those used."""
