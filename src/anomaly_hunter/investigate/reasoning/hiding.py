"""The mask of a hunt: what every text passes before it leaves, to a model or in a trace."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, Protocol

from anomaly_hunter.investigate.reasoning.masking import Mask
from anomaly_hunter.investigate.reasoning.private import private_names
from anomaly_hunter.model import Dataset

_KEY: Final = secrets.token_bytes(32)
"""Without a memory pseudonyms are the same as long as the process runs."""


class KeyShelf(Protocol):
    """What a memory keeps for pseudonyms."""

    def pseudonym_key(self) -> bytes:
        """32 bytes that make pseudonyms the same in all runs with this memory."""
        ...


def mask_for(columns: Sequence[str], dataset: Dataset | None = None, shelf: KeyShelf | None = None) -> Mask:
    """A mask that knows the people in the data; columns that these data do not have are passed over."""
    key = _KEY if shelf is None else shelf.pseudonym_key()
    if dataset is None:
        return Mask(key)
    own = {column.name for column in dataset.table.columns} if dataset.table is not None else set()
    return Mask(key, private_names(dataset, [column for column in columns if column in own]))
