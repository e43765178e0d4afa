"""The Model Context Protocol: the questions of a case as tools of an assistant."""
