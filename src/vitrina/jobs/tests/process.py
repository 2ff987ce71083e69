"""A process of the program for tests: reads orders from its standard input, one JSON line each, and answers so.

It forks before it opens anything, so that a worker starts in milliseconds however often it is killed.
"""

# ruff: noqa: E402 - Django is set up before the room is imported

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = os.environ.get("TEST_SETTINGS", "vitrina.jobs.tests.process_settings")

import django

django.setup()

import celery.concurrency.base
import celery.worker  # noqa: F401 - loaded once, before the forks
from django.core.management import call_command

import vitrina.config.celery  # noqa: F401
from vitrina.config.management.commands import worker as worker_command
from vitrina.jobs import control, schedule
from vitrina.jobs.batches import start as start_batch
from vitrina.jobs.enqueue import ChildSpec, enqueue, enqueue_many
from vitrina.jobs.models import Job
from vitrina.jobs.states import Priority
from vitrina.jobs.tests import kinds  # noqa: F401 - registers them


def migrate(order: dict[str, Any]) -> Any:
    call_command("migrate", verbosity=0)
    return None


def worker(order: dict[str, Any]) -> Any:
    devnull = open(os.devnull, "w")  # noqa: PTH123, SIM115
    call_command(worker_command.Command(), threads=order["threads"], stdout=devnull)
    return None


def queue(order: dict[str, Any]) -> Any:
    items = [ChildSpec(**item) for item in order["items"]]
    return enqueue_many(order["kind"], items, priority=Priority(order.get("priority", 0)))


def queue_one(order: dict[str, Any]) -> Any:
    return enqueue(order["kind"], order["payload"], key=order.get("key", "")).pk


def batch(order: dict[str, Any]) -> Any:
    return start_batch(
        "test.batch", child_kind="test.note", payload={"items": order["items"]}, seller_id=None, title="Batch"
    ).pk


def person(order: dict[str, Any]) -> Any:
    """What an operator does with what the machine laid aside."""
    settled = 0
    for job in Job.objects.dead():
        if job.state == "check":
            control.settle(job, arrived=False)
        else:
            control.retry(job)
        settled += 1
    return settled


def tick(order: dict[str, Any]) -> Any:
    """A scheduler that asks again and again."""
    return sum(schedule.tick() for _ in range(order["times"]))


ORDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    deed.__name__: deed for deed in (migrate, worker, queue, queue_one, batch, person, tick)
}


def say(answer: dict[str, Any]) -> None:
    """One write, so that the lines of two processes never mix."""
    os.write(1, (json.dumps(answer) + "\n").encode())


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = 0
            try:
                answer = ORDERS[order["deed"]](order)
                if not order.get("silent"):
                    say({"answer": answer})
            except BaseException:  # noqa: BLE001 - it is passed on to the test
                traceback.print_exc()
                if not order.get("silent"):
                    say({"error": traceback.format_exc()})
                code = 1
            finally:
                os._exit(code)
        if order.get("silent"):
            say({"answer": pid})


if __name__ == "__main__":
    main()
