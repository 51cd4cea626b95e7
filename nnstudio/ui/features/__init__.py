"""What the features panel shows: maps and how a point of one comes about, the strip, filters, the strongest samples."""
