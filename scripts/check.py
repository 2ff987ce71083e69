"""Every check that needs no server, one after another; all of them run even when an early one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: list[tuple[str, list[str]]] = [
    ("format", ["ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    (
        "types of examples",
        ["mypy", "--no-error-summary", "--strict", "--config-file", os.devnull, "docs/examples"],
    ),
    ("import contracts", ["lint-imports", "--no-logo"]),
    ("system check", ["vitrina", "check", "--deploy", "--fail-level", "WARNING"]),
    ("migrations", ["vitrina", "makemigrations", "--check", "--dry-run"]),
    ("API description", ["vitrina", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]),
    ("translations", ["python", "scripts/check_translations.py"]),
    ("plain speech", ["python", "scripts/check_repository.py"]),
]


def main() -> None:
    failed = []
    with tempfile.TemporaryDirectory() as data_dir:
        environment = os.environ | {
            "VITRINA_DATA_DIR": data_dir,
            "VITRINA_HTTPS": "1",  # as it is served to others: on a laptop plain HTTP is no fault
            "PYTHONPATH": str(ROOT / "src"),
        }
        for name, command in CHECKS:
            started = time.monotonic()
            result = subprocess.run(
                [str(BIN / command[0]), *command[1:]],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
            )
            mark = "ok" if result.returncode == 0 else "FAILED"
            print(f"{name:<18} {mark:<7} {time.monotonic() - started:5.1f} s", flush=True)
            if result.returncode:
                failed.append(name)
                print(result.stdout + result.stderr)
    if failed:
        sys.exit(f"\nNot in order: {', '.join(failed)}. What to mend stands above.")


if __name__ == "__main__":
    main()
