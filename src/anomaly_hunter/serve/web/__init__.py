"""Pages for people: htmx over HTML that the server renders."""
