"""What just happened, told to everybody who listens."""
