"""What is private in a text: one file for each family of values, each a search in linear time."""
