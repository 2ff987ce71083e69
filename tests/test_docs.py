"""The documentation keeps up: links lead somewhere, every setting and command has its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SETTING = re.compile(
    r"""env\.(?:text|secret|flag|integer|number|decimal|decimals|words|mapping|networks|ports)\(\s*"([A-Z0-9_]+)"|"([A-Z]+_API_KEY|VITRINA_AI_KEY)\""""
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
