"""The documentation keeps up: links lead somewhere, every setting and command has its line."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PARTS = ("src", "tests", "bench", "scripts", "docs", "requirements")
FILE = re.compile(
    r"`([a-z_*][\w*-]*(?:/[\w*.-]+)*/(?:[\w*.-]+\.(?:py|html|css|js|json|md|txt|in|po|toml|tsv|svg|png)|))`",
    re.I,
)
SETTING = re.compile(
    r"""env\.(?:text|secret|flag|integer|number|numbers|decimal|decimals|words|mapping|networks|ports)\(\s*"([A-Z0-9_]+)"|"([A-Z]+_API_KEY|VITRINA_AI_KEY)\""""
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), flags=re.M)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{target}: no such heading, there are {sorted(slugs)}"


@pytest.fixture(scope="module")
def paths() -> list[str]:
    """Every file and folder of ours, from the root of the repository, with a slash before it."""
    found = [path for part in PARTS for path in (ROOT / part).rglob("*") if "__pycache__" not in path.parts]
    return [f"/{path.relative_to(ROOT)}" for path in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_are_named_exist(page: Path, paths: list[str]) -> None:
    """`room/file.py`, from the root, the room or the folder of templates; an address begins with a slash."""
    named = set(FILE.findall(page.read_text(encoding="utf-8")))
    assert sorted(name for name in named if not fnmatch.filter(paths, f"*/{name.rstrip('/')}")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_table_is_cut_in_two(page: Path) -> None:
    """Rows after an empty line have no head, and are shown as words between bars."""
    tables = re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), flags=re.M)
    assert [table for table in tables if not re.match(r".*\n\|(?: *:?-+:? *\|)+\n", table)] == []


def test_every_setting_of_the_environment_is_told() -> None:
    source = (ROOT / "src/vitrina/config/settings.py").read_text(encoding="utf-8")
    names = {first or second for first, second in SETTING.findall(source)}
    assert len(names) > 30
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    untold = sorted(name for name in names if not re.search(rf"\b{name}\b", told))
    assert untold == []


def test_every_command_of_ours_is_told() -> None:
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    commands = {
        path.stem
        for path in (ROOT / "src/vitrina").glob("*/management/commands/*.py")
        if path.stem != "__init__"
    }
    assert {"up", "worker", "enrich", "benchmark_ai"} <= commands
    assert sorted(name for name in commands if f"vitrina {name}" not in told) == []
