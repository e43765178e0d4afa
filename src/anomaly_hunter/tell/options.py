"""What a user may set about telling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TellOptions:
    """Where results go.

    Attributes
    ----------
    output:
        Format when none is asked for on the command line; empty: "terminal" on a terminal,
        "json" in a pipe.
    sinks:
        Where every incident is sent, each as NAME:TARGET ("file:incidents.jsonl").
    """

    output: str = ""
    sinks: tuple[str, ...] = ()
