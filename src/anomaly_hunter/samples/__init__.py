"""Data that ship with the package, made from a seed: what `hunter demo` hunts in."""
