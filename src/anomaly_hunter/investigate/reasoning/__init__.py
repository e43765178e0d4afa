"""Language models over the same evidence: optional, bounded, checked.

A second pass over a case that was judged already. Each role gets the deterministic finding as a first
opinion and the questions of the case as tools; what it says is checked against the evidence
(:mod:`.checking`) before anybody reads it. Nothing here is imported where no model is set.
"""
