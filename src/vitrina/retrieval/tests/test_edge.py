"""What the embedded engine adds: one folder per process, and nothing lost to a killed one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.retrieval.edge import EdgeIndex
from vitrina.retrieval.index import Point, Space
from vitrina.retrieval.sparse import encode_document, encode_query

SPACE = Space("things")

WRITER = """
import sys
from pathlib import Path
from vitrina.retrieval.edge import EdgeIndex
from vitrina.retrieval.index import Point, Space
from vitrina.retrieval.sparse import encode_document
index = EdgeIndex(Path(sys.argv[1]))
index.ensure(Space("things"))
number = 0
while True:
    number += 1
    index.upsert(Space("things"), [Point(number, encode_document([f"платье {number}"]), {"n": number})])
    print(number, flush=True)
"""


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    first = EdgeIndex(tmp_path)
    first.ensure(SPACE)
    first.upsert(SPACE, [Point(1, encode_document(["Платье"]), {"seller": 0})])
    first.close()
    second = EdgeIndex(tmp_path)
    second.ensure(SPACE)
    assert [one.id for one in second.query_sparse(SPACE, encode_query("платья"), limit=5)] == [1]
    second.close()


def test_a_second_process_gets_a_folder_of_its_own(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="vitrina.retrieval.edge")
    first, second = EdgeIndex(tmp_path), EdgeIndex(tmp_path)
    assert (first.place, second.place) == (str(tmp_path / "0"), str(tmp_path / "1"))
    assert "Another process holds the vector index" in caplog.text
    first.close()
    third = EdgeIndex(tmp_path)
    assert third.place == str(tmp_path / "0")
    second.close()
    third.close()


def test_a_process_killed_while_writing_loses_nothing_that_it_was_told(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert child.stdout is not None
    told = 0
    for line in child.stdout:
        told = int(line)
        if told >= 40:
            break
    child.send_signal(signal.SIGKILL)
    told = max([told, *(int(line) for line in child.stdout.read().split())])
    child.wait()
    child.stdout.close()
    index = EdgeIndex(tmp_path)
    assert index.place == str(tmp_path / "0")
    index.ensure(SPACE)
    assert index.count(SPACE) >= told
    assert dict(index.payload(SPACE, told) or {}) == {"n": told}
    index.close()


def test_a_shard_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "0" / "spaces" / SPACE.name
    half.mkdir(parents=True)
    (half / "edge_config.json").write_text("{")
    index = EdgeIndex(tmp_path)
    index.ensure(SPACE)
    assert index.count(SPACE) == 0
    index.close()
