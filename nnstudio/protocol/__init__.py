"""What window and engine say to each other. The only package both processes share."""
