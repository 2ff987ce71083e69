"""`python -m bench [names]`: run the benches of this folder, print a table, keep it as JSON.

A bench is a module with `rows() -> Iterator[BenchRow]`; a row is printed as soon as it is measured.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    own = {"__init__", "__main__", "report"}
    return sorted(
        path.stem
        for path in HERE.glob("*.py")
        if path.stem not in own and "\ndef rows(" in path.read_text(encoding="utf-8")
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of: {', '.join(names())}; none: all")
    chosen = parser.parse_args().names or names()
    unknown = set(chosen) - set(names())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(names())}")

    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as folder:
        # Figures never touch the installation's own data.
        os.environ["VITRINA_DATA_DIR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
        from bench.report import HEAD, keep, line

        measured = []
        print(HEAD)
        for name in chosen:
            for row in importlib.import_module(f"bench.{name}").rows():
                measured.append(row)
                print(line(row), flush=True)
        path = keep(measured, HERE / "results")
    missed = [row for row in measured if row.holds is False]
    print(f"{len(measured)} figures, {len(missed)} missed; kept in {path.relative_to(HERE.parent)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
