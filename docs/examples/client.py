"""A client of the Vitrina API in one file, with nothing but the standard library: copy it and change what you need.

export VITRINA=http://127.0.0.1:8000 VITRINA_TOKEN=vt_…
python client.py feed.csv        reads the feed, enriches what is new, prints the finished cards
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ENDED = {"done", "dead", "cancelled", "check"}


class Refused(Exception):
    """The studio said no, as application/problem+json: `status`, `detail`, and `errors` by field."""

    def __init__(self, problem: Json) -> None:
        self.status: int = problem["status"]
        self.kind: str = problem["type"].rpartition("#problem-")[2]
        self.errors: dict[str, list[str]] = problem.get("errors", {})
        self.retry_after: int | None = problem.get("retry_after")
        super().__init__(f"{self.status} {problem['title']}: {problem['detail']} {self.errors or ''}".strip())


@dataclass(frozen=True)
class Event:
    """One message of a job's stream; `id` is what a broken stream goes on behind."""

    id: int | None
    kind: str
    data: Json


@dataclass(frozen=True)
class Vitrina:
    address: str
    token: str
    tries: int = 5
    timeout_seconds: float = 60.0

    def get(self, path: str) -> Json:
        return self._ask("GET", path)

    def post(self, path: str, body: Json | None = None) -> Json:
        """Done once, however often it is sent: every try carries the same key."""
        data = json.dumps(body or {}).encode()
        return self._ask("POST", path, data, {"Content-Type": "application/json", **_key()})

    def upload(self, path: str, file: Path, **fields: str) -> Json:
        border = uuid.uuid4().hex
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        data = "".join([*parts, head]).encode() + file.read_bytes() + f"\r\n--{border}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
        return self._ask("POST", path, data, kind | _key())

    def pages(self, path: str) -> Iterator[Json]:
        """Every row of a list, page by page."""
        address: str | None = path
        while address:
            page = self.get(address)
            yield from page["results"]
            address = page["next"]

    def follow(self, job_id: int) -> Iterator[Event]:
        """What happens to a job until it has ended. A broken stream goes on where it broke."""
        seen: int | None = None
        while True:
            headers = {"Last-Event-ID": str(seen)} if seen is not None else {}
            try:
                with self._open("GET", f"/api/v1/jobs/{job_id}/events", None, headers) as stream:
                    for event in _events(line.decode() for line in stream):
                        seen = event.id if event.id is not None else seen
                        yield event
                        if event.kind == "end":
                            return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(1)

    def wait(self, job_id: int) -> Json:
        """The job when it has ended."""
        for _event in self.follow(job_id):
            continue
        return self.get(f"/api/v1/jobs/{job_id}")

    def _ask(
        self, method: str, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Json:
        """Tries again what may pass: a limit after the time it names, a lost connection and a fault after a pause."""
        for left in reversed(range(self.tries)):
            try:
                with self._open(method, path, data, headers or {}) as answer:
                    body = answer.read()
                    return dict(json.loads(body)) if body else {}
            except urllib.error.HTTPError as error:
                refused = Refused(json.loads(error.read()))
                if not left or not (refused.retry_after or refused.status >= 500):
                    raise refused from error
                time.sleep(refused.retry_after or 1)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if not left:
                    raise
                time.sleep(1)
        raise AssertionError("unreachable")

    def _open(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        address = path if path.startswith("http") else self.address + path
        request = urllib.request.Request(
            address, data, {"Authorization": f"Bearer {self.token}", **headers}, method=method
        )
        return urllib.request.urlopen(request, timeout=self.timeout_seconds)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _colon, value = line.rstrip("\r\n").partition(": ")
        if name:
            fields[name] = value
            continue
        if "event" in fields:
            number = int(fields["id"]) if "id" in fields else None
            yield Event(number, fields["event"], json.loads(fields.get("data") or "{}"))
        fields = {}


def main() -> None:
    studio = Vitrina(os.environ["VITRINA"].rstrip("/"), os.environ["VITRINA_TOKEN"])
    seller = next(studio.pages("/api/v1/sellers"))
    feed = studio.upload("/api/v1/imports", Path(sys.argv[1]), seller=str(seller["id"]))
    for event in studio.follow(feed["job"]["id"]):
        print(f"import: {event.kind} {event.data.get('state', '')}")
    run = studio.get(f"/api/v1/imports/{feed['run']['id']}")
    print(f"{run['created']} new, {run['updated']} changed, {run['broken']} broken")

    batch = studio.post(
        "/api/v1/ai/process/batch", {"seller": seller["id"], "changed_in": run["id"], "wanting": "this_run"}
    )
    ended = studio.wait(batch["job"]["id"])
    print(f"enrichment: {ended['state']}, {ended['progress'].get('done')} products")
    for row in studio.pages(f"/api/v1/products?changed_in={run['id']}"):
        whole = studio.get(f"/api/v1/products/{row['id']}")
        for content in whole["contents"]:
            print(f"{row['external_id']} [{content['language']}] {content['title']}")


if __name__ == "__main__":
    main()
