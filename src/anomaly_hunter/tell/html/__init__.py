"""The HTML report: one self-contained page. Start reading in ``page.py``."""
