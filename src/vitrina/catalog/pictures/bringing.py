"""One address's picture onto this machine: guarded, bounded, polite. No query: it runs in threads beside a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from vitrina.catalog.pictures import hosts, places, troubles
from vitrina.catalog.pictures.storing import digest_of
from vitrina.catalog.pictures.troubles import Trouble
from vitrina.lib.fetch import Fetcher
from vitrina.lib.guard import FetchError
from vitrina.lib.pictures.kinds import MOST_BYTES

DEADLINE_SECONDS = 30.0  # names, connection, redirects and all of the body
HEADERS = {"Accept": "image/*,*/*;q=0.1"}
LONGEST_VALIDATOR = 300


@dataclass(frozen=True, slots=True)
class Brought:
    """`path` None: the same picture as the last time. `validators`: what the next time is asked by."""

    path: Path | None
    digest: str = ""
    validators: Mapping[str, str] | None = None


def bring(url: str, folder: Path, by: Fetcher, *, validators: Mapping[str, str]) -> Brought | Trouble:
    """Into a file of its own in `folder`. Raises OSError where this machine's disk is the trouble."""
    host = hosts.host_of(url)
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
    make = places.maker_of(host)
    try:
        if make is not None:
            path.write_bytes(make(url))
            return Brought(path, digest_of(path))
        with hosts.everybody.at(host):
            saved = by.fetch_to_file(
                url, path, max_bytes=MOST_BYTES, deadline_seconds=DEADLINE_SECONDS, headers=HEADERS,
                etag=validators.get("etag"), last_modified=validators.get("last_modified"),
            )  # fmt: skip
    except FetchError as error:
        path.unlink(missing_ok=True)
        return troubles.of_fetch(error, host)
    except LookupError:
        path.unlink(missing_ok=True)
        return Trouble(troubles.GONE, {"host": host, "status": 404})
    if saved.not_modified:
        path.unlink(missing_ok=True)
        return Brought(None)
    return Brought(path, digest_of(path), _validators(saved.headers))


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    said = {"etag": headers.get("etag", ""), "last_modified": headers.get("last-modified", "")}
    return {name: value for name, value in said.items() if value and len(value) <= LONGEST_VALIDATOR}
