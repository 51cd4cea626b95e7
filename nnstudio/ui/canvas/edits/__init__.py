"""What the canvas does to the document: each edit is one undo step, and a refusal is told, not raised."""
