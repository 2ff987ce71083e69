"""`vitrina worker`: run jobs in a process of its own, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from vitrina.engine.checking import warm_up
from vitrina.jobs.worker import Worker


class Command(BaseCommand):
    help = (
        "Run jobs until SIGTERM or Ctrl-C. Jobs in a call get 25 s to end; nothing is lost by kill -9 either."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, default=settings.JOB_THREADS, help="jobs at a time")

    def handle(self, *args: Any, threads: int, **options: Any) -> None:
        asked = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: asked.set())
        worker = Worker(threads)
        worker.start()
        if settings.AI_WARM_UP:
            warm_up()
        self.stdout.write(f"Working with {threads} threads as {worker.crew.owner}.")
        self.stdout.flush()
        asked.wait()
        self.stdout.write("Stopping: nothing new is begun, jobs in a call are given time to end.")
        home = worker.stop(settings.JOB_STOP_SECONDS)
        self.stdout.write("Stopped." if home else "Stopped; jobs still in a call were handed back.")
        self.stdout.flush()
        logging.shutdown()
        if not home:
            # Threads in a call that doesn't return; their jobs are in other hands, so they may vanish.
            sys.stderr.flush()
            os._exit(0)
