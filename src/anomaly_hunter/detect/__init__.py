"""From data to scores, and from scores to anomalies."""
