"""``python -m anomaly_hunter`` is the command ``hunter``."""

from anomaly_hunter.cli.app import run

if __name__ == "__main__":
    run()
