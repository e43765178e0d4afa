"""Generated topologies of services with injected faults and the truth."""
