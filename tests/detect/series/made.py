"""Series with and without incidents, made from seeds; and the detectors by name."""

import numpy as np

from anomaly_hunter.detect.detectors.apart import Apart
from anomaly_hunter.detect.detectors.departure import Departure
from anomaly_hunter.detect.detectors.difference import Difference
from anomaly_hunter.detect.detectors.flat import Flat
from anomaly_hunter.detect.detectors.joint import Joint
from anomaly_hunter.detect.detectors.level import Level
from anomaly_hunter.detect.detectors.motion import Motion
from anomaly_hunter.detect.detectors.nearest import Nearest
from anomaly_hunter.detect.detectors.relation import Relation
from anomaly_hunter.detect.detectors.residual import Residual
from anomaly_hunter.detect.detectors.spectral import Spectral
from anomaly_hunter.detect.detectors.variance import Variance
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import Series

START = np.datetime64("2026-01-05T00:00:00", "ns")
KINDS = (
    *(Difference, Flat, Level, Motion, Nearest, Residual, Spectral, Variance),
    *(Apart, Departure, Joint, Relation),
)


def lookup(name):
    """The registry of these tests."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise UsageError(f"there is no detector {name!r}")


def series(value, step_s=3600, **more):
    value = np.asarray(value, dtype=float)
    time = START + np.arange(len(value)) * np.timedelta64(step_s, "s").astype("timedelta64[ns]")
    return Series("metric", time, value, **more)


def detect(value, step_s=3600, counts=False, **options):
    given = value if isinstance(value, Series) else series(value, step_s, counts=counts)
    return detect_series(given, DetectOptions(**options), lookup)


def spans(detection):
    return [(a.start, a.stop) for a in detection.anomalies]


def gauss(n, seed=0):
    return 100 + 5 * np.random.default_rng(seed).normal(size=n)


def wandering(n, seed=0, share=0.8):
    noise = np.random.default_rng(seed).normal(size=n)
    for i in range(1, n):
        noise[i] += share * noise[i - 1]
    return 50 + 3 * noise


def skewed(n, seed=0):
    return np.exp(np.random.default_rng(seed).normal(3, 0.4, n))


def poisson(n, seed=0, mean=12):
    return np.random.default_rng(seed).poisson(mean, n).astype(float)


def daily(n, seed=0):
    wave = 20 * np.sin(np.arange(n) * 2 * np.pi / 24)
    return 100 + wave + 4 * np.random.default_rng(seed).normal(size=n)


CLEAN = {"gauss": gauss, "wandering": wandering, "skewed": skewed, "poisson": poisson, "daily": daily}
