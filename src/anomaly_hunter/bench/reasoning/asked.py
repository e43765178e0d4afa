"""`hunter eval` from what was asked to its tables."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anomaly_hunter.bench.causes.sources import SOURCES, sources_in
from anomaly_hunter.bench.reasoning import recording as recordings
from anomaly_hunter.bench.reasoning.generated import generated
from anomaly_hunter.bench.reasoning.known import Known
from anomaly_hunter.bench.reasoning.labelled import cases_in
from anomaly_hunter.bench.result import Result
from anomaly_hunter.config import Settings
from anomaly_hunter.errors import DataError, MissingExtraError, UsageError

if TYPE_CHECKING:
    from anomaly_hunter.bench.reasoning.conditions import Played
    from anomaly_hunter.bench.reasoning.recording import NotRecordedError, Recording

GENERATED: Final = "generated"
VARIABLE: Final = "HUNTER_BENCH_DATA"
BESIDE: Final = Path("..") / "shared" / "data"
NO_RECORDING: Final = (
    "Without a model: the shipped recording holds the generated cases only. "
    "Take --live, --replay FILE or --stand-in usual."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command; ``cases`` are names of sets, the generated ones where left out."""

    folder: Path | None = None
    cases: tuple[str, ...] = ()
    most: int | None = None
    replay: Path | None = None
    record: Path | None = None
    live: bool = False
    stand_ins: tuple[str, ...] = ()


def evaluated(asked: Asked, settings: Settings) -> Result:
    """Everything that was asked for.

    Raises
    ------
    MissingExtraError
        pydantic-ai is not installed.
    NotRecordedError
        A replay needs a request that is not in the recording.
    """
    import_ms = _import_ms()
    from anomaly_hunter.bench.reasoning.evaluating import evaluate
    from anomaly_hunter.bench.reasoning.tables import result

    cases = chosen_cases(asked)
    models, taken, notes = chosen_models(asked, settings)
    done = evaluate(cases, models, live=asked.live or (asked.record is not None and not asked.stand_ins))
    if done.missing:
        raise _not_recorded(done.missing, taken)
    if asked.record is not None and taken is not None:
        recordings.write(taken, asked.record)
    about = {"cases": ", ".join(asked.cases or (GENERATED,)), "seconds": round(done.took_s, 1)}
    return result(done, models, notes, import_ms, about | _about(taken))


def chosen_cases(asked: Asked) -> list[Known]:
    """The cases of the sets, at most so many of each."""
    found: list[Known] = []
    folder = asked.folder or Path(os.environ.get(VARIABLE) or BESIDE)
    default = (GENERATED,) if asked.folder is None else tuple(sources_in(folder))
    for name in asked.cases or default:
        if name == GENERATED:
            found += generated()[: asked.most]
        elif name in SOURCES and name in sources_in(folder):
            found += islice(cases_in(folder, name), asked.most)
        else:
            there = (GENERATED, *sources_in(folder))
            raise DataError(
                f"there are no cases {name!r}", f"one of {', '.join(there)}", f"look in `{folder}`"
            )
    if not found:
        raise DataError(
            f"`{folder}` holds no cases", "FOLDER/causes with a set", "leave it out for generated ones"
        )
    return found


def chosen_models(asked: Asked, settings: Settings) -> tuple[list[Played], Recording | None, list[str]]:
    """The models that are measured, the recording behind them or to be made, and notes for the page."""
    from anomaly_hunter.bench.reasoning import playing
    from anomaly_hunter.bench.reasoning.recording import Recording
    from anomaly_hunter.bench.reasoning.tables import STAND_IN

    if asked.stand_ins:
        models = [playing.stood_in(style) for style in asked.stand_ins]
        if asked.record is not None and len(models) > 1:
            raise UsageError("several stand-ins are to be recorded", "one", "name one --stand-in")
        notes = [STAND_IN]
    elif asked.live or asked.record is not None:
        models, notes = [playing.live(settings)], []
    else:
        return _replayed(asked)
    if asked.record is None:
        return models, None, notes
    taken = Recording(playing.header_for(models[0], bool(asked.stand_ins)))
    return [playing.recorded(models[0], taken)], taken, notes


def _replayed(asked: Asked) -> tuple[list[Played], Recording | None, list[str]]:
    from anomaly_hunter.bench.reasoning import playing

    if asked.replay is None and (asked.folder is not None or set(asked.cases) - {GENERATED}):
        return [], None, [NO_RECORDING]
    taken = recordings.read(asked.replay or recordings.SHIPPED)
    head = taken.header
    return [playing.replayed(taken)], taken, [f"Recorded on {head.date}: {head.model}.", head.about]


def _about(taken: Recording | None) -> dict[str, str]:
    return {} if taken is None else {"model": taken.header.model, "recorded": taken.header.date}


def _not_recorded(missing: Sequence[NotRecordedError], taken: Recording | None) -> NotRecordedError:
    """One error for all of them, with the prompts that have another version now."""
    from anomaly_hunter.bench.reasoning.recording import RECORD_AGAIN, NotRecordedError
    from anomaly_hunter.investigate.reasoning import prompts

    before = taken.header.prompts if taken is not None else {}
    now = {name: prompts.prompt(name).version for name in prompts.names()}
    changed = [f"{n} {before.get(n, 'none')} -> {v}" for n, v in now.items() if before.get(n) != v]
    words = f"; prompts changed: {', '.join(changed)}" if changed else ""
    return NotRecordedError(
        f"{len(missing)} requests: {missing[0].came}{words}", missing[0].expected, RECORD_AGAIN
    )


def _import_ms() -> float:
    """What importing all that speaks to models takes."""
    started = time.perf_counter()
    try:
        import pydantic_ai  # noqa: F401 - only to know whether it is there, and how long it takes
    except ImportError as error:
        raise MissingExtraError(
            "pydantic-ai is not installed", "the extra llm", 'pip install "anomaly-hunter[llm]"'
        ) from error
    from anomaly_hunter.investigate.reasoning import reason  # noqa: F401 - likewise

    return 1e3 * (time.perf_counter() - started)
