"""Feedback of people: pure rules from frozen answers to what the next run does differently."""
