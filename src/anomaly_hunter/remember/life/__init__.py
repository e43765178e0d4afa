"""What becomes of incidents among people, and what is told of it."""
