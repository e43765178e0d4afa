"""Lists of incidents and of what was hunted: pages, filters, counts, how it went over time."""
