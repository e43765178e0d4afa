"""What is the same for every request: bounds, errors, pages, the description."""
