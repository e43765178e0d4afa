"""The packages that a forecaster needs, and what is said where they are missing."""

from __future__ import annotations

from importlib.util import find_spec

from anomaly_hunter.errors import MissingExtraError


def missing(forecaster: object) -> tuple[str, ...]:
    """The packages named in ``forecaster.packages`` that are not installed.

    >>> class Wizard:
    ...     packages = ("numpy", "no_such_package")
    >>> missing(Wizard)
    ('no_such_package',)
    """
    named: tuple[str, ...] = getattr(forecaster, "packages", ())
    return tuple(package for package in named if find_spec(package) is None)


def require(forecaster: object) -> None:
    """Nothing, or our error with the cure.

    Raises
    ------
    MissingExtraError
        A package that it needs is not installed.
    """
    absent = missing(forecaster)
    if absent:
        name = getattr(forecaster, "name", "")
        raise MissingExtraError(
            f"forecaster {name!r} needs {' and '.join(absent)}, not installed here",
            "",
            "pip install 'anomaly-hunter[forecast]'",
        )
