"""How code of a topic is written in a language: names, paths, a diff, and how it fails."""

from __future__ import annotations

from typing import Final

from anomaly_hunter.samples.changes.systems import Language, System, Topic

_ENDING: Final[dict[Language, str]] = {
    "typescript": "ts", "java": "java", "python": "py", "rust": "rs", "csharp": "cs",
}  # fmt: skip
_FAILS: Final[dict[Language, tuple[str, ...]]] = {
    "typescript": (
        "TypeError: Cannot read properties of undefined (reading '{field}') at {function} ({path}:{n}:17)",
        "RangeError: Invalid array length at {function} ({path}:{n}:9)",
    ),
    "java": (
        'java.lang.NullPointerException: Cannot invoke "{Thing}.get{Field}()" because "{thing}" is null at '
        "{Class}.{function}({Class}.java:{n})",
        "java.lang.ArrayIndexOutOfBoundsException: Index {n} out of bounds at "
        "{Class}.{function}({Class}.java:{n})",
    ),
    "python": (
        "Traceback (most recent call last): File {path}, line {n}, in {function}: KeyError: '{field}'",
        "unhandled AttributeError: 'NoneType' object has no attribute '{field}' ({path}:{n} {function})",
    ),
    "rust": (
        "thread 'tokio-runtime-worker' panicked at {path}:{n}: called `Option::unwrap()` on a `None` value "
        "in {function}",
        "{function}: invalid digit found in string, {field}={n}",
    ),
    "csharp": (
        "System.InvalidOperationException: Sequence contains no elements at {Class}.{Function}() in "
        "{path}:line {n}",
        "System.FormatException: input string was not in a correct format, {Class}.{Function} {field} {n}",
    ),
}
FIELDS: Final = ("issuer", "region", "origin", "weight", "channel", "grade", "expiry", "colour")


class Code:
    """Names and lines of one topic of one service."""

    def __init__(self, system: System, service: str, topic: Topic, field: str) -> None:
        self.system, self.service, self.topic, self.field = system, service, topic, field
        language = system.language
        action, thing = topic.action, topic.thing
        self.table = f"{thing}s"
        self.snake = f"{action}_{thing}"
        self.camel = f"{action}{thing.title()}"
        self.type = f"{thing.title()}{_doer(action)}"
        self.function = self.snake if language in ("python", "rust") else self.camel
        folder = f"{service}/src/{thing}"
        name = self.type if language in ("java", "csharp") else action
        self.path = f"{folder}/{name}.{_ENDING[language]}"
        self.test = f"{service}/tests/{thing}/test_{action}.{_ENDING[language]}"

    @property
    def told(self) -> str:
        """The topic in words."""
        return f"{self.topic.action} {self.topic.thing}"

    def failing(self, choice: int) -> str:
        """A line that is logged when it fails; ``{n}`` is a number that differs from line to line."""
        lines = _FAILS[self.system.language]
        return lines[choice % len(lines)].format(
            field=self.field, Field=self.field.title(), function=self.function, Function=self.camel.title(),
            path=self.path, Class=self.type, thing=self.topic.thing, Thing=self.topic.thing.title(), n="{n}",
        )  # fmt: skip

    def diff(self, *added: str, removed: str = "") -> str:
        """A diff of the file of this topic."""
        old = f"-    {removed or f'{self.function}({self.topic.thing})'}\n"
        new = "".join(f"+    {line}\n" for line in added)
        return f"@@ {self.path} @@\n def {self.function}({self.topic.thing})\n{old}{new}"


def _doer(action: str) -> str:
    return f"{action.title()}r" if action.endswith("e") else f"{action.title()}er"
