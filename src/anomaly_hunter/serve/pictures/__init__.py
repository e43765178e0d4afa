"""What is drawn: charts, the graph, the investigation step by step."""
