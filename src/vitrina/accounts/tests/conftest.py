from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _own_data_dir(settings: Any, tmp_path: Path) -> None:
    """The file of the first password of a real installation is none of a test's business."""
    settings.DATA_DIR = tmp_path
