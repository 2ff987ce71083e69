"""The repository speaks of itself alone: no host of a package index, no path of a machine, no secret, no giant."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_FILE = 1_500_000

FORBIDDEN = {
    "an address of a package index": re.compile(r"https?://[^\s\"']+/(?:simple|packages)(?:/|\b)"),
    "an absolute path of a machine": re.compile(r"(?<![\w.\-/])/(?:work|farm|root|home/\w+|Users/\w+)/"),
    "something that looks like a key": re.compile(r"\bsk-(?:proj-|or-v1-)?[A-Za-z0-9]{24,}\b"),
}
TEXTLESS = {".woff2", ".png", ".jpg", ".webp", ".mo", ".ico", ".svg"}


def main() -> None:
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    complaints = []
    for name in filter(None, names):
        path = ROOT / name
        if not path.is_file():
            continue
        if path.stat().st_size > LARGEST_FILE:
            complaints.append(f"{name}: {path.stat().st_size:,} bytes; the most is {LARGEST_FILE:,}")
        if path.suffix in TEXTLESS or path.name == Path(__file__).name:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            for found in pattern.finditer(text):
                line = text.count("\n", 0, found.start()) + 1
                complaints.append(f"{name}:{line}: {what}: {found.group()[:60]}")
    if complaints:
        sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
