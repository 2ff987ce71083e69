"""What ends a command from outside, a full disk or a database that is away, said in words instead of a traceback."""

from __future__ import annotations

import errno
import sqlite3

from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

AWAY = 5  # the exit code: nothing that was stored is lost, the same command goes on

KEPT = "What was stored before is kept; the same command goes on when that is mended."
FULL = f"The disk is full. {KEPT}"
CLOSED = f"The place where the studio keeps its data can't be written. {KEPT}"
BUSY = f"Another process kept the database busy for too long. {KEPT}"
BROKEN = f"The disk answers with errors. {KEPT}"

BY_SYSTEM = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: CLOSED, errno.EACCES: CLOSED, errno.EPERM: CLOSED, errno.EIO: BROKEN,
}  # fmt: skip
BY_SQLITE = {
    sqlite3.SQLITE_FULL: FULL, sqlite3.SQLITE_READONLY: CLOSED, sqlite3.SQLITE_CANTOPEN: CLOSED, sqlite3.SQLITE_PERM: CLOSED,
    sqlite3.SQLITE_BUSY: BUSY, sqlite3.SQLITE_IOERR: BROKEN,
}  # fmt: skip


KINDS = (ImproperlyConfigured, OperationalError, InterfaceError, OSError)


def told(error: BaseException) -> tuple[str, int] | None:
    """(sentence, exit code); None for what is no trouble from outside."""
    match error:
        case ImproperlyConfigured():
            return str(error), 1
        case OperationalError(__cause__=sqlite3.Error() as cause):
            sentence = BY_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)  # without its extension
            return (sentence, AWAY) if sentence else None
        case OperationalError() | InterfaceError():
            first = str(error).strip().partition("\n")[0]
            return f"The database doesn't answer: {first}. {KEPT}", AWAY
        case OSError(errno=int(number), filename=name):
            sentence = BY_SYSTEM.get(number)
            return (f"{name}: {sentence}" if name else sentence, AWAY) if sentence else None
    return None
