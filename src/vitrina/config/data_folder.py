"""The one folder of the embedded default: that it can be written, and the secret that is made in it once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def prepared(folder: Path) -> Path:
    """The folder, made where it is missing. Raises ImproperlyConfigured in words when it can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(folder, error) from error
    return folder


def kept_secret(folder: Path, name: str) -> str:
    """The secret of a file in the folder, made once. Of two processes that start together both get the same one.

    Raises ImproperlyConfigured in words when it can neither be read nor made.
    """
    path = folder / f".{name.lower()}"
    try:
        if not path.exists():
            _make(path)
        found = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unusable(folder, error) from error
    if not found:
        raise ImproperlyConfigured(
            f"{path} is empty. Put the installation's secret back into it; where there was none yet, delete the file."
        )
    return found


def _make(path: Path) -> None:
    """Written beside and linked to its name: whoever finds the name finds it whole, and who comes second leaves it."""
    written = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    try:
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        _name(written, path)
    finally:
        written.unlink(missing_ok=True)


def _name(written: Path, path: Path) -> None:
    try:
        os.link(written, path)
    except FileExistsError:
        pass
    except OSError:  # a file system without links, where two starts at the same moment are not told apart
        written.replace(path)


def _unusable(folder: Path, error: OSError) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"The data folder {folder} can't be used: {error.strerror}. Nothing was changed. Give this user the right to write "
        "there and some room, or name another folder by --data-dir or VITRINA_DATA_DIR."
    )
