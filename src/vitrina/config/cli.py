"""The command `vitrina`: Django's commands and ours."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    folder = data_dir_of(sys.argv)
    if folder:
        os.environ["VITRINA_DATA_DIR"] = folder
    from django.core.management import execute_from_command_line

    from vitrina.config import trouble

    try:
        execute_from_command_line(sys.argv)
    except trouble.KINDS as error:
        found = trouble.told(error)
        if found is None or "--traceback" in sys.argv:
            raise
        sentence, code = found
        print(sentence, file=sys.stderr)  # noqa: T201 - its last word
        sys.exit(code)


def data_dir_of(arguments: list[str]) -> str:
    """What `--data-dir` says, read here because the settings need it before any command parses its options."""
    for place, argument in enumerate(arguments):
        if argument == "--data-dir":
            return arguments[place + 1] if place + 1 < len(arguments) else ""
        if argument.startswith("--data-dir="):
            return argument.partition("=")[2]
    return ""


if __name__ == "__main__":
    main()
