"""Set up Vitrina beside this checkout: `.venv` with the program and its pinned requirements.

Quick when nothing changed: the environment is stamped with the hash of what it was made from.
Only the standard library is used, because this runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "vitrina-setup.sha256"
OLDEST_PYTHON = (3, 11)
# Guarded: a computing process that the program spawns reads its start script again, and must not start a second program.
START = """from vitrina.config.cli import main

if __name__ == "__main__":
    main()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=["base", "scale", "dev"], default="base", dest="requirement_set")
    parser.add_argument(
        "--any-python", action="store_true", help="nobody chose this Python: a quicker one may do"
    )
    options = parser.parse_args()
    wanted = options.requirement_set
    if options.any_python and not python().exists() and is_slow_build():
        go_on_with_quicker_python()
    if sys.version_info < OLDEST_PYTHON:
        stop(
            f"Vitrina needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}.\n"
            "Install a newer Python and run `make setup PYTHON=python3.12` (any name that starts it)."
        )
    # A fuller environment serves a leaner wish: never throw away the test tools because of `make run`.
    order = ["base", "scale", "dev"]
    for candidate in order[order.index(wanted) :]:
        if python().exists() and STAMP.exists() and STAMP.read_text() == fingerprint(candidate):
            return
    if STAMP.exists() and STAMP.read_text().startswith("dev:"):
        wanted = "dev"
    print(f"Setting up Vitrina in {VENV.relative_to(ROOT)} ({wanted}); once, a minute or two …", flush=True)
    make_venv()
    install(wanted)
    STAMP.write_text(fingerprint(wanted))


def is_slow_build() -> bool:
    """Built from source without profile-guided optimisation, as version managers do it: a page takes a third longer.

    What a system ships (under /usr) is optimised, whatever it says of its options.
    """
    built_with = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return (
        bool(built_with)
        and "--enable-optimizations" not in built_with
        and not sys.base_prefix.startswith("/usr")
    )


def go_on_with_quicker_python() -> None:
    """Run this file by the system's own Python of the same version instead, where there is one that can do it."""
    other = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if not os.access(other, os.X_OK):
        return
    if subprocess.run([other, "-c", "import ensurepip"], capture_output=True).returncode:
        print(
            f"This Python was built without optimisations; {other} is about a third quicker, but its module `ensurepip` is\n"
            "missing. To use it: sudo apt-get install python3-venv, then `rm -rf .venv` and the same command again.",
            flush=True,
        )
        return
    os.execv(other, [other, *sys.argv])


def fingerprint(requirement_set: str) -> str:
    parts = [
        VENV / "pyvenv.cfg",
        ROOT / "requirements" / f"{requirement_set}.txt",
        ROOT / "pyproject.toml",
        Path(__file__),
    ]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    return f"{requirement_set}:{digest.hexdigest()}"


def make_venv() -> None:
    if python().exists():
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        stop(
            "This Python cannot make a virtual environment: the module `ensurepip` is missing.\n"
            "On Debian or Ubuntu: sudo apt-get install python3-venv. Then run the same command again."
        )
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install(requirement_set: str) -> None:
    requirements = ROOT / "requirements" / f"{requirement_set}.txt"
    uv = shutil.which("uv")
    if uv:
        # The system's certificates, as pip uses them: a company's own authority stands only there.
        run([uv, "pip", "install", "--quiet", "--native-tls", "--python", str(python()), "--compile-bytecode", "--require-hashes",
             "-r", str(requirements)])  # fmt: skip
    else:
        # pip compiles bytecode only where the environment doesn't forbid it; without it every start is 3.5 × slower.
        run([str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
             "-r", str(requirements)])  # fmt: skip
    link_program()


def link_program() -> None:
    """An editable install without a build tool: a path file and a start script."""
    purelib = subprocess.check_output(
        [str(python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    (Path(purelib) / "vitrina.pth").write_text(f"{ROOT / 'src'}\n")
    script = python().parent / "vitrina"
    script.write_text(f"#!{python()}\n{START}")
    script.chmod(0o755)


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    try:
        subprocess.run(command, check=True, env=environment)
    except subprocess.CalledProcessError as error:
        stop(
            f"This step of the set-up failed (exit {error.returncode}):\n  {' '.join(command)}\n"
            "Nothing else was changed. Mend what it says above (often: no way to a package index) and run the same command again."
        )


def stop(message: str) -> None:
    sys.exit(f"\n{message}\n")


if __name__ == "__main__":
    main()
