"""The start script that the set-up writes."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from scripts.setup import START

from vitrina.config import cli


def test_a_process_that_it_spawns_reads_it_again_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(cli, "main", lambda: started.append("the program"))
    script = tmp_path / "vitrina"
    script.write_text(START)
    runpy.run_path(str(script), run_name="__mp_main__")  # as multiprocessing's spawn does
    assert started == []
    runpy.run_path(str(script), run_name="__main__")
    assert started == ["the program"]
