"""The application: what is served, put together in one place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

import numpy as np
from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import BaseRoute

import anomaly_hunter
from anomaly_hunter.config import Settings
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.store import Store
from anomaly_hunter.serve import api, health
from anomaly_hunter.serve.api import detect
from anomaly_hunter.serve.guard import install as guard
from anomaly_hunter.serve.pool.pool import Pool
from anomaly_hunter.serve.rest import problem
from anomaly_hunter.serve.rest.below import Below
from anomaly_hunter.serve.rest.bounds import Bounds, Most
from anomaly_hunter.serve.rest.counted import Counted
from anomaly_hunter.serve.rest.idempotency import Idempotency
from anomaly_hunter.serve.rest.openapi import Described
from anomaly_hunter.serve.rest.queries import asked_well
from anomaly_hunter.serve.rest.rates import Rates
from anomaly_hunter.serve.rest.request_ids import RequestIds
from anomaly_hunter.serve.rest.straight import Straight
from anomaly_hunter.serve.site import Site
from anomaly_hunter.serve.upkeep import look_after
from anomaly_hunter.serve.watch_runs import run_watches
from anomaly_hunter.serve.web import pages

PREFIX: Final = "/api/v1"


def create_app(
    settings: Settings,
    store: Store,
    pool: Pool | None = None,
    *,
    clock: Callable[[], np.datetime64] = now,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    later: bool = False,
) -> Described:
    """The whole server as an ASGI application; `store` stays the caller's to close.

    `pool` (new unless one is given) is closed with it; `clock` and `pause` (seconds) are those of what runs
    beside the requests: jobs, and what is old. ``later``: the operations of the API are loaded when they are
    first asked for (``app.operations.load()`` does it sooner).
    """
    site = Site(settings, store, pool or Pool(settings), clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        ways = (site.queue.run(pause), run_watches(site), look_after(site, pause))
        running = [asyncio.create_task(way) for way in ways]
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        site.feed.close()
        await site.queue.stop()
        site.pool.close()

    operations, routes = _routes()
    if not later:
        operations.load()
    app = Described(
        operations,
        title="Anomaly Hunter",
        version=anomaly_hunter.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # api/description.py
    )
    app.state.site = site
    problem.install(app)
    app.router.routes.append(Straight(f"{PREFIX}/detect", detect.straight))  # first what is asked most often
    app.router.routes.extend(routes)
    # The last one stands first: an id, who calls, how often, how much, answered before.
    app.add_middleware(Idempotency, site=site)
    app.add_middleware(Bounds, most=Most.of(settings.serve))
    app.add_middleware(Rates, per_minute=settings.serve.requests_per_minute, proxies=settings.serve.proxies)
    guard.install(app, site)
    app.add_middleware(RequestIds)
    app.add_middleware(Counted, counts=site.counts)
    return app


@cache
def _routes() -> tuple[Below, tuple[BaseRoute, ...]]:
    """Operations, and all that is answered: the same for every application of this process, and read once."""
    operations = Below(PREFIX, partial(_routers, api.__name__, api.__path__))
    whole = APIRouter()
    whole.include_router(health.router)
    whole.include_router(operations, prefix=PREFIX, dependencies=[Depends(asked_well)])
    for router in _routers(pages.__name__, pages.__path__, first="overview"):
        whole.include_router(router, include_in_schema=False)
    return operations, tuple(whole.routes)


def _routers(package: str, path: object, first: str = "") -> list[APIRouter]:
    """The `router` of every file of a room: a new resource or page is a new file."""
    names = sorted((found.name for found in iter_modules(path)), key=lambda name: (name != first, name))  # type: ignore[arg-type]
    modules = [import_module(f"{package}.{name}") for name in names]
    return [module.router for module in modules if hasattr(module, "router")]
