"""`GET /live`: what happens, as server-sent events; `/live/ws` the same over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from anomaly_hunter.serve.guard.caller import Caller
from anomaly_hunter.serve.guard.install import Coming
from anomaly_hunter.serve.guard.lasting import Pass
from anomaly_hunter.serve.guard.needs import Viewer
from anomaly_hunter.serve.live.broker import Broker, Listener, Wanted
from anomaly_hunter.serve.rest.problem import Problem
from anomaly_hunter.serve.site import Here

router = APIRouter(tags=["live"])

HEARTBEAT_S: Final = 15.0
MOST_LISTENERS: Final = 2_000
MOST_OF_ONE: Final = 200
"""Of one person or key: nobody takes all the places. Without sign-in everybody is the same one."""
_OPENING: Final = b"retry: 2000\n: listening\n\n"
_BEAT: Final = b": beat\n\n"
_TRY_AGAIN: Final = 1013
_NOT_ANY_MORE: Final = 1008

Kinds = Annotated[
    str,
    Query(
        max_length=500, description="Only these, by comma: `incident`, `job.done`, ...", examples=["incident"]
    ),
]
About = Annotated[str, Query(max_length=100, description="Only what is about this incident.")]
_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events without end: `id`, `event` (the kind), and `data`, JSON with id, at, kind, "
        "about and data.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'id: 7\nevent: incident.opened\ndata: {"id":7,"at":"2026-03-01T10:00:00Z",'
                '"kind":"incident.opened","about":"73a557c1b675","data":{"severity":6.7}}\n\n',
            }
        },
    }
}


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("/live", response_class=EventStream, responses=_EVENTS, summary="What happens, live")
async def live(  # noqa: PLR0917 - parameters of a request
    request: Request,
    here: Here,
    caller: Viewer,
    coming: Coming,
    kinds: Kinds = "",
    incident: About = "",
    last_event_id: Annotated[str, Header(max_length=30, description="Go on after this event.")] = "",
) -> EventStream:
    """Incident changes, finished hunts, runs of watches and progress of jobs, as they happen.

    After a pause `Last-Event-ID` goes on where it ended. A listener that does not keep up is let go.
    """
    listener = await _listener(here.feed, caller, _wanted(kinds, incident), last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(_events(here.feed, listener, Pass(coming, request.scope, caller)), headers=headers)


async def _listener(feed: Broker, caller: Caller, wanted: Wanted, last: str) -> Listener:
    who = f"{caller.way} {caller.id}"
    after = int(last) if last.isascii() and last.isdecimal() else None
    _check_room(feed, caller, who, 1)
    listener = await feed.listen(caller.organisation, wanted, after, who)
    try:
        _check_room(feed, caller, who, 0)  # many can have come in together meanwhile
    except Problem:
        feed.leave(listener)
        raise
    return listener


def _check_room(feed: Broker, caller: Caller, who: str, more: int) -> None:
    if feed.listeners + more > MOST_LISTENERS:
        raise Problem(503, "Busy", f"{MOST_LISTENERS:,} listen already", "fewer", "ask again later")
    if caller.way != "local" and feed.of(caller.organisation, who) + more > MOST_OF_ONE:
        raise Problem(429, "Too many listeners", f"{caller.name} listens {MOST_OF_ONE} times already",
                      "fewer", "close some", headers={"Retry-After": "60"})  # fmt: skip


def _wanted(kinds: str, incident: str) -> Wanted:
    return Wanted(tuple(kind for one in kinds.split(",") if (kind := one.strip())), incident)


async def _events(feed: Broker, listener: Listener, may: Pass) -> AsyncIterator[bytes]:
    try:
        yield _OPENING
        while True:
            taken = await listener.take(HEARTBEAT_S)
            if not await may.lasts():
                return
            if taken:
                yield b"".join(told.event for told in taken)
            elif listener.gone:
                return
            else:
                yield _BEAT
    finally:
        feed.leave(listener)


@router.websocket("/live/ws")
async def live_ws(  # noqa: PLR0917 - parameters of a request
    socket: WebSocket, here: Here, caller: Viewer, coming: Coming, kinds: str = "", incident: str = "",
    after: str = "",
) -> None:  # fmt: skip
    """The same over a WebSocket: one JSON text for each event; ``after`` is the last event's id."""
    listener = await _listener(here.feed, caller, _wanted(kinds[:500], incident[:100]), after[:30])
    await socket.accept()
    hearing = asyncio.create_task(_until_gone(socket, listener))
    may = Pass(coming, socket.scope, caller)
    try:
        while not listener.gone:
            taken = await listener.take(HEARTBEAT_S)
            if not await may.lasts():
                await socket.close(_NOT_ANY_MORE)
                return
            for told in taken:
                await socket.send_text(told.json)
        await socket.close(_TRY_AGAIN)
    except (
        WebSocketDisconnect,
        RuntimeError,
    ):  # it went away; what is sent to a closed one is a RuntimeError
        pass
    finally:
        hearing.cancel()
        here.feed.leave(listener)


async def _until_gone(socket: WebSocket, listener: Listener) -> None:
    """What it says is not listened to; that it goes away is."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    listener.end()
