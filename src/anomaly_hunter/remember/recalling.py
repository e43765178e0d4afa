"""Past incidents for incidents at hand: read once, compared for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from anomaly_hunter.model import Anomaly, Past
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.fingerprint import Fingerprint
from anomaly_hunter.remember.knowing import chunks, kept_anomalies, same_as
from anomaly_hunter.remember.recollecting import feedback_by_incident, kept_of
from anomaly_hunter.remember.records import Feedback
from anomaly_hunter.remember.shelved import shelved
from anomaly_hunter.remember.similar import Likeness


def pasts(
    connection: Connection,
    owner: int,
    groups: Sequence[tuple[Anomaly, ...]],
    prints: Sequence[Fingerprint],
) -> tuple[tuple[Past, ...], ...]:
    """For each group of anomalies the similar past incidents, best first; never itself."""
    past = shelved(connection, owner)
    if not past.names:
        return ((),) * len(groups)
    kept = kept_anomalies(connection, owner, [a for anomalies in groups for a in anomalies])
    found: list[list[tuple[str, Likeness]]] = []
    for anomalies, now in zip(groups, prints, strict=True):
        itself = same_as(anomalies, kept)
        without = {i for i, name in enumerate(past.names) if name in itself}
        found.append([(past.names[i], alike) for i, alike in past.shelf.ranked(now, without=without)])
    return _told(connection, owner, found)


def alike(connection: Connection, owner: int, name: str) -> tuple[Past, ...]:
    """The incidents that are like this kept one, best first; never itself."""
    table = schema.incident
    query = select(table.c.fingerprint).where(table.c.organisation_id == owner, table.c.id == name)
    own = connection.execute(query).scalar()
    past = shelved(connection, owner)
    without = {i for i, other in enumerate(past.names) if other == name}
    ranked = past.shelf.ranked(Fingerprint.of(own or {}), without=without)
    return _told(connection, owner, [[(past.names[i], like) for i, like in ranked]])[0]


def _told(
    connection: Connection, owner: int, found: Sequence[Sequence[tuple[str, Likeness]]]
) -> tuple[tuple[Past, ...], ...]:
    names = {name for best in found for name, _ in best}
    whole = _whole(connection, owner, names)
    said = feedback_by_incident(connection, owner, sorted(names))
    return tuple(tuple(_past(whole[name], said.get(name, ()), like) for name, like in best) for best in found)


def _whole(connection: Connection, owner: int, names: set[str]) -> dict[str, RowMapping]:
    """The rows of the few that are shown: reading all columns of all that are compared takes long."""
    table = schema.incident
    result: dict[str, RowMapping] = {}
    for some in chunks(sorted(names)):
        query = select(table).where(table.c.organisation_id == owner, table.c.id.in_(some))
        result |= {row["id"]: row for row in connection.execute(query).mappings()}
    return result


def _past(row: RowMapping, said: Sequence[Feedback], alike: Likeness) -> Past:
    one = kept_of(row, said)
    return Past(
        id=one.id,
        headline=one.headline,
        similarity=round(alike.similarity, 4),
        when=one.begin if one.begin is not None else one.first_kept_at,
        alike={name: round(value, 4) for name, value in alike.parts.items()},
        said=one.cause,
        turned_out=one.turned_out,
        not_it=one.not_it,
        answers=one.answers,
    )
