"""A page as a browser takes it apart."""

from __future__ import annotations

from html.parser import HTMLParser

UNSAFE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"
"""A name that nobody should be able to make anything of."""


class Outline(HTMLParser):
    """Tags with their attributes, and the text outside them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def of(self, tag):
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def check_inert(self):
        """No script or style of its own, no handler, nothing loaded from elsewhere."""
        for tag, attributes in self.tags:
            handlers = [name for name in attributes if name.startswith(("on", "hx-on")) or name == "style"]
            assert not handlers, (tag, attributes)
            assert tag not in {"style", "iframe", "object", "base"}, (tag, attributes)
            for name in ("src", "href", "action", "hx-get", "hx-post", "xlink:href"):
                place = attributes.get(name)
                assert place is None or place.startswith(("/", "#", "?")), (tag, attributes)
        assert all(script.get("src", "").startswith("/static/") for script in self.of("script"))
        assert all(image.get("src") != "x" for image in self.of("img"))
