"""From an anomaly to a verdict: the case, the agents, the judge."""
