"""Versioned data of the room: units, dictionaries, text rules, phrases. Read once per process."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """The parsed content of one file of this folder."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))
