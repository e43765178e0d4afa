"""One file for each page, each with a `router`; its template has the same name."""
