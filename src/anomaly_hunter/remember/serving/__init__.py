"""What a server has to do, and what it answered."""
