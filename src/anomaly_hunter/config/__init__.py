"""Settings from `hunter.yaml` and the environment; the only reader of both."""

from __future__ import annotations

from anomaly_hunter.config.checking import watch_of as watch_of
from anomaly_hunter.config.describing import described as described
from anomaly_hunter.config.describing import json_schema as json_schema
from anomaly_hunter.config.describing import settings_table as settings_table
from anomaly_hunter.config.loading import FILE_NAME as FILE_NAME
from anomaly_hunter.config.loading import PHOENIX as PHOENIX
from anomaly_hunter.config.loading import PLACED as PLACED
from anomaly_hunter.config.loading import PREFIX as PREFIX
from anomaly_hunter.config.loading import load_settings as load_settings
from anomaly_hunter.config.loading import settings_file as settings_file
from anomaly_hunter.config.overriding import override as override
from anomaly_hunter.config.secrets import KEYS as KEYS
from anomaly_hunter.config.secrets import OIDC_SECRET as OIDC_SECRET
from anomaly_hunter.config.secrets import credentials as credentials
from anomaly_hunter.config.secrets import oidc_client_secret as oidc_client_secret
from anomaly_hunter.config.settings import SECTIONS as SECTIONS
from anomaly_hunter.config.settings import WATCHES as WATCHES
from anomaly_hunter.config.settings import Settings as Settings
from anomaly_hunter.config.settings import as_mapping as as_mapping
