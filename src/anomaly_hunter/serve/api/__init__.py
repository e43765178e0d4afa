"""REST: one file for each resource, each with a `router`."""
