"""How a handler is made to end before it returns. Not Exceptions, so that a handler's own
`except Exception` lets them pass to the runner, which knows what happens to the job.

    Interrupted
    ├── LeaseLost         another claim took the job over: nothing this one does may count
    ├── Stopping          the worker stops: the job is handed back with its try
    └── CancelRequested   somebody cancelled the job
"""

from __future__ import annotations


class Interrupted(BaseException):
    pass


class LeaseLost(Interrupted):
    pass


class Stopping(Interrupted):
    pass


class CancelRequested(Interrupted):
    pass
