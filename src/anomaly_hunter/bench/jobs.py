"""The same work on many files, in several processes of one thread each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
QUIET_S: Final = 1.0
"""A run that takes no longer says nothing about its progress."""


def in_jobs(
    work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int, told: str | None = None
) -> list[Answer]:
    """``work`` on every task, in order of the tasks, in ``jobs`` processes.

    ``told`` names the work on stderr while it takes longer than a second; None: silence. When it is
    interrupted, the processes end with it.
    """
    if jobs <= 1 or len(tasks) <= 1:
        return list(_announced(map(work, tasks), len(tasks), told))
    for name in THREADS:
        os.environ.setdefault(name, "1")  # before the new processes load numpy
    with multiprocessing.get_context("spawn").Pool(min(jobs, len(tasks)), _leave_interrupts) as pool:
        return list(_announced(pool.imap(work, tasks), len(tasks), told))


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that started this one; it ends them all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _announced(answers: Iterable[Answer], count: int, told: str | None) -> Iterator[Answer]:
    started = shown = time.monotonic()
    same_line = sys.stderr.isatty()
    said = False
    for done, answer in enumerate(answers, 1):
        now = time.monotonic()
        # A terminal gets one line that moves, a log a line now and then.
        if told is not None and now - started > QUIET_S and now - shown > (0.1 if same_line else 15):
            left = (now - started) / done * (count - done)
            line = f"{told}: {done} of {count}, {left:.0f} s left"
            _say(f"\r{line:<60}" if same_line else f"{line}\n")
            shown, said = now, True
        yield answer
    if said and same_line:
        _say(f"\r{'':<60}\r")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
