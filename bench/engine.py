"""The engine beside its peers: calls a second and CPU per call at 500 in flight and 1 s latency, and CPU per stream.

Every client runs in a process of its own against one simulated server in another; the peers that can't share our
environment run in `.venv-peers`, made here when it is missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from bench.report import BenchRow

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".venv-peers"
IN_FLIGHT = 500
SECONDS = 8.0
STREAMS = 10
TOKENS = 793  # pieces of a stream of 600 tokens, as measured on real answers
NAMES = {
    "aiohttp": "bare aiohttp",
    "engine": "ours, everything on",
    "openai": "openai SDK on aiohttp",
    "litellm": "LiteLLM (acompletion)",
}


def rows() -> Iterator[BenchRow]:
    peers, why = _peers_python()
    with _server("--latency", "1", "--jitter", "0.3") as url:
        bare = 0.0
        for client, name in NAMES.items():
            python = peers if client == "litellm" else sys.executable
            if python is None:
                yield BenchRow("engine", f"{name}: {why}", 0.0, "calls/s")
                continue
            found = _measure(python, client, url, "--in-flight", str(IN_FLIGHT), "--seconds", str(SECONDS))
            bare = bare or found["per_second"]
            ours = client == "engine"
            share = found["per_second"] / bare
            yield BenchRow(
                "engine",
                f"{name}: calls a second at {IN_FLIGHT} in flight x 1 s",
                found["per_second"],
                "calls/s",
                "≥ 0.97 x bare aiohttp" if ours else "",
                share >= 0.97 if ours else None,
            )
            if ours:
                yield BenchRow(
                    "engine", f"{name}: share of bare aiohttp", share, "x", "≥ 0.97", share >= 0.97
                )
            yield BenchRow(
                "engine",
                f"{name}: CPU per call",
                found["cpu_ms"],
                "ms",
                "≤ 0.8 ms" if ours else "",
                found["cpu_ms"] <= 0.8 if ours else None,
            )
    with _server("--completion-tokens", str(TOKENS)) as url:
        for client in ("engine", "openai", "litellm"):
            python = peers if client == "litellm" else sys.executable
            if python is None:
                continue
            found = _measure(python, client, url, "--in-flight", str(STREAMS), "--seconds", "5", "--stream")
            ours = client == "engine"
            yield BenchRow(
                "engine",
                f"{NAMES[client]}: CPU per stream of 600 tokens",
                found["cpu_ms"],
                "ms",
                "≤ 6 ms" if ours else "",
                found["cpu_ms"] <= 6 if ours else None,
            )


def _measure(python: str, client: str, url: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [python, "-m", "bench.engine_client", client, url, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The client {client} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextlib.contextmanager
def _server(*arguments: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "vitrina.simulators.model_server", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().rsplit(" ", 1)[-1].strip()
    finally:
        process.terminate()
        process.wait(10)


def _peers_python() -> tuple[str | None, str]:
    """The interpreter of the peers' environment, or why there is none."""
    python = PEERS / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = PEERS / "installed"
    if not stamp.exists():
        try:
            venv.create(PEERS, with_pip=True, clear=True)
            subprocess.run(
                [
                    str(python),
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--require-hashes",
                    "-r",
                    "requirements/peers.txt",
                ],
                cwd=ROOT,
                check=True,
                capture_output=True,
                timeout=600,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return None, f"not measured, its environment could not be installed ({type(error).__name__})"
        stamp.touch()
    return str(python), ""
