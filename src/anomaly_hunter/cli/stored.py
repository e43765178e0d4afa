"""The memory that a command asks: the options that name it, opened around the command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, TypeVar, get_type_hints

import typer

from anomaly_hunter.cli.options import Config, taking
from anomaly_hunter.config import Settings, load_settings, override
from anomaly_hunter.errors import UsageError

if TYPE_CHECKING:
    from anomaly_hunter.remember.store import Store

T = TypeVar("T")

USUAL: Final = ".hunter/memory.db"
"""Where `hunter serve` keeps what it finds when the settings name no place."""

Memory: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--memory", metavar="PLACE", help=f"A file or postgresql://USER@HOST/NAME (hunter.yaml, or {USUAL})."
    ),
]
Organisation: TypeAlias = Annotated[
    str | None, typer.Option("--organisation", metavar="NAME", help="Whose (that of hunter.yaml).")
]
Most: TypeAlias = Annotated[int, typer.Option("--most", min=1, metavar="COUNT", help="Show at most so many.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="For programs.")]


def with_store(*, made: bool = False, whole: bool = False) -> Callable[[Callable[..., None]], Any]:
    """Turn the parameter ``store`` of a command into the options that say which one.

    Parameters
    ----------
    made:
        A memory that is not there yet is made; else that is an error.
    whole:
        The command is about every organisation: there is no option to name one.
    """

    def decorated(function: Callable[..., None]) -> Callable[..., None]:
        options = {"memory": Memory, "organisation": Organisation, "config": Config}
        if whole:
            del options["organisation"]

        @wraps(function)
        def command(**given: Any) -> None:
            named = {name: given.pop(name, None) for name in options}
            with opened(**named, made=made) as store:
                function(**given, store=store)

        hints = get_type_hints(function, localns={"Store": Any}, include_extras=True)
        own = [p.replace(annotation=hints[p.name]) for p in inspect.signature(function).parameters.values()]
        return taking(command, [p for p in own if p.name != "store"], options)

    return decorated


@contextmanager
def opened(
    memory: str | None = None,
    organisation: str | None = None,
    config: Path | None = None,
    *,
    made: bool = False,
) -> Iterator[Store]:
    """The store that these options name, as `hunter serve` finds it.

    Raises
    ------
    UsageError
        There is none and it is not to be ``made``.
    """
    settings = load_settings(config)
    if organisation is not None:
        settings = override(settings, organisation=organisation)
    if not made:
        _check_there(memory, settings)
    place = memory or settings.remember.memory or USUAL
    from anomaly_hunter.remember.store import Store

    with Store.open(place, settings.remember.organisation) as store:
        yield store


def show_all(
    found: Iterable[T], document: Callable[[T], Any], line: Callable[[T], str], nothing: str, *, as_json: bool
) -> None:
    """What was found, a line each (``nothing`` where there is none), or as JSON for programs."""
    if as_json:
        typer.echo(as_json_text([document(one) for one in found]))
    else:
        typer.echo("\n".join(map(line, found)) or nothing)


def as_json_text(document: Any) -> str:
    """For programs: JSON as reports have it."""
    from anomaly_hunter.tell.document import dump

    return dump(document, indent=2)


def _check_there(memory: str | None, settings: Settings) -> None:
    """What the settings name may be new; what a person names, or did not set at all, must be there."""
    if memory is not None and "://" not in memory and not Path(memory).exists():
        raise UsageError(f"there is no memory `{memory}`", "a file that `hunter` made", "check the path")
    if not (memory or settings.remember.memory or Path(USUAL).exists()):
        raise UsageError(
            "nothing is remembered here",
            f"a memory in hunter.yaml, or {USUAL} of `hunter serve`",
            "run `hunter init`, then `hunter detect`; or name one with --memory",
        )
