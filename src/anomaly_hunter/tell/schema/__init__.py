"""The published JSON Schemas of our documents, one file per version."""
