"""Simulated servers for tests, and the engine's clean end after every test that used it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from vitrina.simulators import marketplace, picture_services
from vitrina.simulators.model_server import STATE, Settings, State, serve
from vitrina.simulators.talk import Talk


class ModelServer:
    """The simulated model server in a thread. `base_url` is what AI_BASE_URL takes."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model-server", daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._runner, self.port = self._loop.run_until_complete(serve(Settings(), "127.0.0.1", 0))
        app = self._runner.app
        assert app is not None
        self.state: State = app[STATE]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def fault_url(self, name: str) -> str:
        """A base URL under which every call has this fault."""
        return f"http://127.0.0.1:{self.port}/fault/{name}/v1"

    def counts(self) -> dict[str, Any]:
        return self.state.counts()

    def fails(self, *names: str, always: str | None = None) -> None:
        """The next calls have these faults ("ok" for none); `always` holds for all after them."""
        self.state.next_faults.extend(names)
        if always is not None:
            self.state.always = always

    def set(self, **settings: Any) -> None:
        for name, value in settings.items():
            assert hasattr(self.state.settings, name)
            setattr(self.state.settings, name, value)

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies of the last calls, oldest first."""
        return list(self.state.last_requests)

    def reset(self) -> None:
        self.state.reset()
        self.set(latency=0.0, jitter=0.0, stream_pause=0.0, completion_tokens=0)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class PictureServices:
    """The simulated picture services in a thread, all on one port."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="picture-services", daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._runner, self.port = self._loop.run_until_complete(picture_services.serve("127.0.0.1", 0))
        assert self._runner.app is not None
        self.app: web.Application = self._runner.app
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    def url(self, service: str) -> str:
        """What stands before the paths of a service: `url("openai") + "/v1"` is its base URL."""
        return f"http://127.0.0.1:{self.port}/{service}"

    def standing(self, service: str) -> picture_services.Standing:
        return self.app[picture_services.STATE][service]

    def fails(self, service: str, *names: str, always: str | None = None, on: str = "") -> None:
        """The next calls have these faults ("ok" for none); `always` holds for all after them."""
        assert {*names, always or "ok"} <= self.app[picture_services.DIALECTS][service].all_faults
        standing = self.standing(service)
        standing.next_faults.extend(names)
        standing.on = on
        if always is not None:
            standing.always = always

    def set(self, service: str, **settings: Any) -> None:
        for name, value in settings.items():
            assert hasattr(self.standing(service).settings, name)
            setattr(self.standing(service).settings, name, value)

    def reset(self) -> None:
        picture_services.reset(self.app)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


class Marketplace:
    """A simulated marketplace in a thread of its own, e.g. `Marketplace(ozon.application())`.

    Every request of ours and every answer is held against what the marketplace describes; `close` fails the test where
    one of them is otherwise.
    """

    def __init__(self, app: web.Application) -> None:
        from vitrina.channels.tests import contracts

        self.state: marketplace.State = app[marketplace.STATE]
        self.off_contract: list[str] = []
        app.middlewares.insert(0, contracts.witness(self.state.platform, self.off_contract))
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="marketplace", daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=512).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def fails(self, *names: str, always: str | None = None, on: str = "") -> None:
        """The next requests have these faults ("ok" for none); `on`: only those whose path has this in it."""
        assert {*names, always or "ok"} <= marketplace.FAULTS.keys()
        self.state.next_faults.extend(names)
        self.state.on = on
        if always is not None:
            self.state.always = always

    def add(self, *talks: Talk) -> None:
        for talk in talks:
            self.state.talks[f"{talk.kind}:{talk.id}"] = talk

    def asked(self, path: str = "") -> list[marketplace.Asked]:
        """The requests whose path has this in it, oldest first."""
        return [one for one in self.state.log if path in one.path]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        assert not self.off_contract, "\n".join(dict.fromkeys(self.off_contract))


@pytest.fixture(scope="session")
def _model_server() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def model_server(_model_server: ModelServer, settings: Any) -> Iterator[ModelServer]:
    """A server that answers; AI_BASE_URL points every text route at it."""
    _model_server.reset()
    settings.AI_BASE_URL = _model_server.base_url
    settings.AI_MODEL = "gpt-4o-mini"
    yield _model_server
    _model_server.reset()


@pytest.fixture(scope="session")
def _picture_services() -> Iterator[PictureServices]:
    server = PictureServices()
    yield server
    server.close()


@pytest.fixture
def picture_services_server(_picture_services: PictureServices) -> Iterator[PictureServices]:
    """Every picture service on loopback; nothing of this installation points at it yet."""
    _picture_services.reset()
    yield _picture_services
    _picture_services.reset()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close the engine and the reader of events before the database is emptied: they have connections of their own."""
    runtime = sys.modules.get("vitrina.engine.runtime")
    if runtime is not None:
        runtime.close(grace_seconds=1.0)
    following = sys.modules.get("vitrina.jobs.following")
    if following is not None:
        following.poller.close()
