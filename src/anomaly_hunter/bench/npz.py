"""Arrays of one npz file, checked: no pickles, no missing names, labels as long as values."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, FloatArray, IntArray

CURE = "write it with numpy.savez from plain number arrays, or take it out of the folder"


def read_arrays(path: Path, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, AnyArray]:
    """The named arrays; of the optional ones those that there are.

    Raises
    ------
    DataError
        The file is damaged, lacks an array, or holds objects (nothing is ever unpickled).
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in needed if name not in file]
            if missing:
                has = ", ".join(file) or "nothing"
                raise DataError(
                    f"`{path}` has no array `{missing[0]}`", f"{' and '.join(needed)} ({has})", CURE
                )
            return {name: file[name] for name in (*needed, *optional) if name in file}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"`{path}` cannot be read ({error})", "an npz file of number arrays", CURE) from error


def shape_of(path: Path, name: str) -> tuple[int, ...]:
    """The shape of an array, from its header alone."""
    try:
        with zipfile.ZipFile(path) as file, file.open(f"{name}.npy") as array:
            version = np.lib.format.read_magic(array)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            return read(array)[0]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"`{path}` cannot be read ({error})", f"an npz file with `{name}`", CURE) from error


def numbers(path: Path, name: str, given: AnyArray, dims: tuple[int, ...]) -> FloatArray:
    """``given`` as float64; DataError where it is not numbers in as many dimensions."""
    if given.ndim not in dims or given.dtype.kind not in "fiub":
        came = f"`{name}` of `{path}` is {given.dtype} of shape {given.shape}"
        raise DataError(came, f"numbers in {' or '.join(map(str, dims))} dimension(s)", CURE)
    return given.astype(np.float64)


def labels(path: Path, given: FloatArray, n: int) -> IntArray:
    """``given`` as ``(n,)`` of 0 and 1; DataError where the length differs or a label is missing."""
    if len(given) != n:
        came = f"`{path}` has {len(given):,} labels for {n:,} values"
        raise DataError(came, "one label per value", "cut them to the same length")
    if np.isnan(given).any():
        raise DataError(
            f"`{path}` has missing labels", "0 or 1 everywhere", "fill them with 0, or cut the file"
        )
    return (given > 0).astype(np.int64)


def whole(path: Path, arrays: Mapping[str, AnyArray], name: str, default: int) -> int:
    """A single whole number; DataError where it is something else."""
    if name not in arrays:
        return default
    given = arrays[name]
    if given.size != 1 or given.dtype.kind not in "iuf":
        raise DataError(
            f"`{name}` of `{path}` is {given.dtype} of shape {given.shape}", "one whole number", CURE
        )
    return int(given.reshape(()))
