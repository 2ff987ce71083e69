"""A bounded fuzz of the API by its own description; `scripts/fuzz_api.py` is the deep one."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

from vitrina.console.tests.running import ROOT, running


def test_the_api_keeps_to_its_description(tmp_path: Path, filled: Path) -> None:
    fuzz = runpy.run_path(str(ROOT / "scripts" / "fuzz_api.py"))["fuzz"]
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    with running(tmp_path) as studio:
        done = fuzz(studio, examples=4, phases="examples,fuzzing,stateful", more=[], seed=1)
        said = (studio.data_dir / "server.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "Traceback" not in said
    assert "Tested: " in done.stdout
