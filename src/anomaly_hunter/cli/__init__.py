"""The command `hunter`: parse, call, print."""
