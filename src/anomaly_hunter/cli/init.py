"""`hunter init`: a folder that remembers its hunts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from anomaly_hunter.config import FILE_NAME
from anomaly_hunter.errors import UsageError
from anomaly_hunter.tell.write import write_whole

IGNORED: Final = ".hunter/"
_FILE: Final = """\
# Settings of Anomaly Hunter for this folder and those below it.
# `hunter config show` prints everything that can be set, `hunter config validate` checks this file.

remember:
  # Hunts are kept here, with their evidence. Similar past incidents and what people said of them
  # count as evidence in later hunts. A path from this folder, or postgresql://USER@HOST/NAME.
  # `hunter detect --no-memory` leaves it out for once; without this line nothing is remembered.
  memory: .hunter/memory.db
  # Whose memory it is: several can share one database and never see each other's.
  organisation: {organisation}

# detect:
#   sensitivity: 2            # alarms at half the strangeness
#   detection_direction: up   # only what is too high
# agents:                     # language models: optional, bounded, checked (docs/language-models.md)
#   default:
#     model: openai:gpt-5-mini  # its key is read from OPENAI_API_KEY
# reasoning:
#   day_usd: 5                # at most so much money a day; needs the price of the model:
#   prices: {{"openai:gpt-5-mini": {{input: 0.25, output: 2.0}}}}
#   egress_log: .hunter/egress.jsonl
# tracing:                    # spans of every step; more receivers in docs/tracing.md
#   endpoint: http://localhost:6006/v1/traces            # Phoenix
#   endpoint: https://trace.wandb.ai/otel/v1/traces      # Weave, with the two lines below
#   headers: {{wandb-api-key: "${{WANDB_API_KEY}}"}}
#   attributes: {{wandb.entity: TEAM, wandb.project: PROJECT}}
#   endpoint: https://logfire-us.pydantic.dev/v1/traces  # Logfire, with the line below
#   headers: {{Authorization: "${{LOGFIRE_TOKEN}}"}}
# watches:                    # looked at again and again by `hunter watch` and `hunter serve`
#   checkout:                 # any name; SQL and Prometheus are in docs/watches.md
#     files: metrics/*.csv
#     every: 5m
# serve:                      # the dashboard for a team (docs/running.md, docs/security.md)
#   sign_in: true
#   url: https://hunter.example.com
# tell:
#   sinks: ["file:incidents.jsonl"]
"""


def command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Made if it is not there.")] = Path(),
) -> None:
    """Make a project folder: hunts in it are remembered, past incidents count as evidence.

    Writes hunter.yaml and an entry in .gitignore; refuses to overwrite.
    """
    file = folder / FILE_NAME
    if file.exists() or file.is_symlink():
        raise UsageError(
            f"`{file}` is there already", "a folder without one", "edit it, or choose another folder"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the folder `{folder}` cannot be made ({error.strerror})", "a folder", "choose another"
        ) from error
    name = folder.absolute().resolve().name or "default"
    ignored = _ignore(folder / ".gitignore")
    write_whole(file, _FILE.format(organisation=json.dumps(name, ensure_ascii=False)))
    typer.echo(f"wrote {file}{' and an entry in .gitignore' if ignored else ''}")
    typer.echo("Hunts in this folder are remembered now: hunter detect FILE, then hunter incidents")


def _ignore(file: Path) -> bool:
    """Add the memory to .gitignore; False when it stands there already."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{file}` cannot be read ({error})", "text in UTF-8", "mend it") from error
    if IGNORED.rstrip("/") in (line.strip().strip("/") for line in text.splitlines()):
        return False
    write_whole(file, text + ("" if not text or text.endswith("\n") else "\n") + IGNORED + "\n")
    return True
