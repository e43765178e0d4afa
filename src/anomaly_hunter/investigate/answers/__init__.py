"""The answers to the questions of a case, by topic. Each function is pure: a case in, evidence out."""
