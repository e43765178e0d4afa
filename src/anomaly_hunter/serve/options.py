"""What a user may set about the server."""

from __future__ import annotations

from dataclasses import dataclass

from anomaly_hunter.errors import UsageError


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """Where the server listens, who may come in, and how much one may ask for.

    Attributes
    ----------
    host:
        The address it listens on; any but this machine's own needs `sign_in`.
    port:
        0: any that is free.
    names:
        Names that browsers and clients may call it by, besides its address ("hunter.example.com").
    url:
        Its address as people see it, where a proxy stands in front ("https://hunter.example.com").
    sign_in:
        Whether people and programs have to say who they are.
    folders:
        Folders whose files the watches that people make may read; none: where the server was started.
    workers:
        Processes that hunt; 0: one per core, at most four.
    body_bytes:
        The largest request.
    points:
        Values or cells that one hunt may have.
    hunt_seconds:
        How long a hunt may take.
    wait_seconds:
        How long a request waits for its hunt; after that it is answered with a job.
    requests_per_minute:
        Of one person or key; 0: no limit.
    """

    host: str = "127.0.0.1"
    port: int = 8787
    names: tuple[str, ...] = ()
    url: str = ""
    sign_in: bool = False
    folders: tuple[str, ...] = ()
    workers: int = 0
    body_bytes: int = 64_000_000
    points: int = 2_000_000
    hunt_seconds: float = 300.0
    wait_seconds: float = 2.0
    requests_per_minute: int = 30_000

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise UsageError(f"the port is {self.port}", "0 to 65535", "choose another")
        least = {"body_bytes": 1, "points": 1, "hunt_seconds": 0.001, "wait_seconds": 0, "workers": 0,
                 "requests_per_minute": 0}  # fmt: skip
        for name, lowest in least.items():
            if getattr(self, name) < lowest:
                raise UsageError(f"{name} is {getattr(self, name)}", f"{lowest} or more", "change it")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise UsageError(f"url is {self.url!r}", "https://NAME", "change it")
