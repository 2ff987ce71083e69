"""A bounded fuzz of the API by its own description; `scripts/fuzz_api.py` is the deep one."""

from __future__ import annotations

import runpy

import pytest

from vitrina.console.tests.running import ROOT, running


def test_the_api_keeps_to_its_description(tmp_path_factory: pytest.TempPathFactory) -> None:
    fuzz = runpy.run_path(str(ROOT / "scripts" / "fuzz_api.py"))["fuzz"]
    with running(tmp_path_factory.mktemp("fuzz")) as studio:
        done = fuzz(studio, examples=4, phases="examples,fuzzing,stateful", more=[], seed=1)
        said = (studio.data_dir / "server.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    assert "Traceback" not in said
    assert "Tested: " in done.stdout
