"""What others made stands in the tree as it was published: name, version, licence, and not a byte changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vitrina.console.templatetags.studio import SPRITE
from vitrina.enrichment.pipeline import STEPS
from vitrina.enrichment.step_names import STEP_NAMES

STATIC = Path(__file__).resolve().parent.parent / "static"
MANIFEST = STATIC / "vendor" / "SHA256SUMS"


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    wanted = dict(reversed(line.split("  ", 1)) for line in MANIFEST.read_text().splitlines())
    found = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path != MANIFEST
    }
    assert found == wanted


def test_every_vendored_folder_has_its_licence() -> None:
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file(), folder


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    import re

    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / SPRITE).read_text()))
    package = STATIC.parent.parent
    named = {
        name
        for template in package.rglob("templates/**/*.html")
        for name in re.findall(r'{% icon "([^"]+)"|icon_name="([^"]+)"', template.read_text(encoding="utf-8"))
        for name in name
        if name
    }
    assert named <= sprite, named - sprite


def test_every_step_of_the_pipeline_has_its_name_in_its_order() -> None:
    assert list(STEP_NAMES) == [step.name for step in STEPS]
