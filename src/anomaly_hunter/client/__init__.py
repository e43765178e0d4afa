"""A server of ours, asked from Python: `anomaly_hunter.Client`."""
