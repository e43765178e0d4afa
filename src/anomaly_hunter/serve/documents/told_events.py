"""Events as others tell them: our own shape, Grafana's annotations, Alertmanager's webhook."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from anomaly_hunter.model import Event
from anomaly_hunter.serve.rest.moments import moment

MOST: Final = 1_000
"""Events of one request."""

Name = Annotated[str, StringConstraints(max_length=200)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Labels = Annotated[dict[Annotated[str, StringConstraints(max_length=100)], Text], Field(max_length=64)]

_TITLE: Final = 500
_TAG: Final = re.compile(r"<[^<>]{0,1000}>")
_SERVICES: Final = ("service", "app", "application", "component", "job")
_KINDS: Final = ("deploy", "release", "flag", "config", "commit", "incident", "maintenance", "alert")


class NewEvent(BaseModel):
    """Something that changed: a deploy, a flag, a setting."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "time": "2026-03-01T12:00:00Z", "kind": "deploy", "title": "checkout v42",
                    "service": "checkout", "labels": {"version": "v42", "by": "ci"},
                }
            ]
        },
    )  # fmt: skip

    title: Annotated[str, StringConstraints(min_length=1, max_length=_TITLE, strip_whitespace=True)]
    time: datetime | None = Field(None, description="When it happened; now where none is given.")
    kind: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "change"
    service: Name = ""
    labels: Labels = Field(default_factory=dict)

    def event(self, now: datetime) -> Event:
        """The event."""
        return Event(moment(self.time or now), self.kind, self.title, self.service, self.labels)


class GrafanaAnnotation(BaseModel):
    """What Grafana's own `POST /api/annotations` takes; times are milliseconds since 1970."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"time": 1772366400000, "timeEnd": 1772366460000, "tags": ["deploy", "service:checkout"],
                 "text": "checkout v42"}
            ]
        }
    )  # fmt: skip

    text: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
    time: Annotated[int, Field(ge=0, le=9_214_646_400_000)] | None = None
    timeEnd: Annotated[int, Field(ge=0, le=9_214_646_400_000)] | None = None  # noqa: N815 - Grafana's name
    tags: Annotated[list[Name], Field(max_length=64)] = Field(default_factory=list)

    def event(self, now: datetime) -> Event:
        """The event; a tag `service:checkout` names the service, one that is a kind of change the kind."""
        labels = dict(_pair(tag) for tag in self.tags)
        kind = next((tag.lower() for tag in self.tags if tag.lower() in _KINDS), "annotation")
        service = next((labels.pop(name) for name in _SERVICES if labels.get(name)), "")
        labels = {name: value for name, value in labels.items() if name.lower() != kind}
        title, _, body = _plain(self.text).partition("\n")
        if body.strip():
            labels["body"] = body.strip()[:2_000]
        if self.timeEnd is not None and self.timeEnd != self.time:
            labels["until"] = datetime.fromtimestamp(self.timeEnd / 1e3, UTC).isoformat()
        at = now if self.time is None else datetime.fromtimestamp(self.time / 1e3, UTC)
        return Event(moment(at), kind, title[:_TITLE] or "annotation", service, labels)


class Alert(BaseModel):
    """One alert of Alertmanager."""

    status: Literal["firing", "resolved"]
    labels: Labels = Field(default_factory=dict)
    annotations: Labels = Field(default_factory=dict)
    startsAt: datetime  # noqa: N815 - Alertmanager's names, here and below
    endsAt: datetime | None = None  # noqa: N815
    generatorURL: Text = ""  # noqa: N815
    fingerprint: Name = ""

    def event(self) -> Event:
        """The event: when it began, or when it was over."""
        labels = dict(self.labels)
        name = labels.pop("alertname", "") or "alert"
        service = next((labels[key] for key in _SERVICES if labels.get(key)), "")
        summary = self.annotations.get("summary") or self.annotations.get("description") or ""
        title = f"{name}: {summary}" if summary else name
        over = self.status == "resolved"
        at = self.endsAt if over and self.endsAt is not None and self.endsAt.year > 1 else self.startsAt
        title = f"{title[:_TITLE]} (resolved)" if over else title[:_TITLE]
        more = {"fingerprint": self.fingerprint, "status": self.status}
        return Event(moment(at), "alert", title, service, {**labels, **_filled(more)})


class AlertmanagerWebhook(BaseModel):
    """What Alertmanager sends to a webhook (version 4)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": "4", "groupKey": "{}:{alertname=HighLatency}", "status": "firing",
                    "receiver": "hunter", "groupLabels": {"alertname": "HighLatency"},
                    "commonLabels": {"alertname": "HighLatency"}, "commonAnnotations": {},
                    "externalURL": "http://alertmanager:9093",
                    "alerts": [
                        {
                            "status": "firing",
                            "labels": {"alertname": "HighLatency", "service": "checkout"},
                            "annotations": {"summary": "p99 above 2 s"},
                            "startsAt": "2026-03-01T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
                            "generatorURL": "http://prometheus:9090/graph", "fingerprint": "c4f1a1d0",
                        }
                    ],
                }
            ]
        }
    )  # fmt: skip

    version: Literal["4"]
    alerts: Annotated[list[Alert], Field(max_length=MOST)]
    status: Literal["firing", "resolved"] = "firing"
    receiver: Name = ""

    def events(self) -> list[Event]:
        """An event for each alert."""
        return [alert.event() for alert in self.alerts]


def _pair(tag: str) -> tuple[str, str]:
    """`service:checkout` and `service=checkout` as a label; any other tag as its own."""
    name, mark, value = tag.partition(":" if ":" in tag else "=")
    return (name.strip(), value.strip()) if mark and name.strip() and value.strip() else (tag, tag)


def _plain(text: str) -> str:
    """Text of an annotation, which may be HTML, without its tags; it is escaped wherever it is shown."""
    return html.unescape(_TAG.sub(" ", text)).replace("\r", "").strip()


def _filled(labels: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if value}
