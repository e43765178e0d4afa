"""Five systems that cases are drawn from: their services, calls, words and languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from anomaly_hunter.model import Graph

Language: TypeAlias = Literal["typescript", "java", "python", "rust", "csharp"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of a service: what it does (``redeem``) to what (``voucher``)."""

    action: str
    thing: str


@dataclass(frozen=True, slots=True)
class System:
    """Services with their topics, and who calls whom; the first service is the entry.

    ``bases`` are services that only hold data: databases, brokers, caches; ``provider`` is an outside
    one with its host, used by the service ``uses``.
    """

    name: str
    language: Language
    company: str
    topics: dict[str, tuple[Topic, ...]]
    calls: tuple[tuple[str, str], ...]
    bases: tuple[str, ...]
    provider: tuple[str, str]
    uses: str

    @property
    def services(self) -> tuple[str, ...]:
        """All services, the entry first."""
        return (*self.topics, *self.bases)

    @property
    def graph(self) -> Graph:
        """Who calls whom."""
        return Graph(self.calls)

    def callers(self, service: str) -> dict[str, int]:
        """Those that a trouble at a service reaches, with the calls in between."""
        steps, front = {service: 0}, [service]
        while front:
            following = [a for b in front for a, c in self.calls if c == b and a not in steps]
            far = steps[front[0]] + 1
            steps.update(dict.fromkeys(following, far))
            front = list(dict.fromkeys(following))
        return steps

    def base_of(self, service: str) -> str:
        """What holds the data of a service, directly or further down."""
        front = [service]
        while front:
            below = [b for a, b in self.calls if a in front]
            found = next((b for b in below if b in self.bases), "")
            if found:
                return found
            front = below
        return self.bases[0]


def _system(
    name: str, language: Language, company: str, words: str, *, calls: str, bases: str, provider: str
) -> System:
    topics = {}
    for line in words.strip().splitlines():
        service, _, pairs = line.partition(":")
        topics[service.strip()] = tuple(Topic(*pair.split("/")) for pair in pairs.split())
    pairs_of_calls = [part.partition(">") for part in calls.split()]
    edges = tuple((caller, callee) for caller, _, callee in pairs_of_calls)
    who, host, uses = provider.split()
    return System(name, language, company, topics, edges, tuple(bases.split()), (who, host), uses)


SYSTEMS: Final = (
    _system(
        "web shop", "typescript", "bramble",
        """
        storefront: render/banner resolve/locale track/visit
        basket: redeem/voucher merge/guest wrap/gift
        offers: rank/bundle apply/discount schedule/clearance
        finder: suggest/synonym filter/facet highlight/snippet
        stockroom: reserve/pallet reorder/supplier count/shelf
        parcels: label/carrier quote/postage split/shipment
        """,
        calls="storefront>basket storefront>finder basket>offers basket>stockroom basket>parcels "
        "stockroom>stock-db finder>finder-index",
        bases="stock-db finder-index", provider="Parcelly api.parcelly.example.com parcels",
    ),
    _system(
        "payments", "java", "tallow",
        """
        front-door: authenticate/merchant throttle/tenant sign/webhook
        authoriser: challenge/cardholder tokenize/wallet route/acquirer
        ledger: post/journal reconcile/statement freeze/balance
        fx-desk: convert/currency hedge/exposure publish/spread
        fraud-watch: score/velocity block/mule review/chargeback
        payouts: batch/remittance notify/beneficiary cancel/mandate
        """,
        calls="front-door>authoriser front-door>payouts authoriser>ledger authoriser>fraud-watch "
        "authoriser>fx-desk payouts>ledger ledger>ledger-db fraud-watch>fraud-cache",
        bases="ledger-db fraud-cache", provider="CardNet gateway.cardnet.example.net authoriser",
    ),
    _system(
        "data pipeline", "python", "quarrel",
        """
        landing: accept/upload verify/checksum unpack/archive
        normaliser: parse/envelope coerce/decimal rename/column
        enricher: geocode/address join/household classify/industry
        loader: compact/segment upsert/dimension vacuum/snapshot
        curator: publish/dataset mask/identifier expire/lineage
        reporter: aggregate/cohort export/workbook chart/funnel
        """,
        calls="landing>normaliser landing>reporter normaliser>enricher enricher>loader loader>warehouse "
        "reporter>curator curator>warehouse enricher>geo-store",
        bases="warehouse geo-store", provider="Mapwise tiles.mapwise.example.org enricher",
    ),
    _system(
        "devices", "rust", "fennel",
        """
        gateway: admit/handset negotiate/session relay/heartbeat
        decoder: decode/payload calibrate/thermistor decompress/waveform
        twin: merge/shadow patch/firmware locate/beacon
        rules: evaluate/tripwire debounce/alarm escalate/breach
        messenger: render/bulletin dispatch/pager silence/duplicate
        meters: tally/kilowatt bill/tariff forecast/peak
        """,
        calls="gateway>decoder gateway>twin decoder>rules rules>messenger decoder>meters meters>series-db "
        "twin>registry-db",
        bases="series-db registry-db", provider="Textbird sms.textbird.example.io messenger",
    ),
    _system(
        "games", "csharp", "ottoman",
        """
        lobby: greet/newcomer list/tournament invite/clan
        matchmaker: pair/opponent balance/squad requeue/straggler
        arena: spawn/minion replay/demo judge/collision
        backpack: equip/armour craft/potion trade/relic
        coins: grant/quest refund/purchase convert/gem
        ranks: promote/division decay/rating season/trophy
        """,
        calls="lobby>matchmaker lobby>backpack lobby>ranks matchmaker>arena backpack>coins coins>coin-db "
        "ranks>rank-cache",
        bases="coin-db rank-cache", provider="Payhive checkout.payhive.example.app coins",
    ),
)  # fmt: skip
HELD: Final = ("devices", "games")
"""Systems that nothing was tuned on."""
