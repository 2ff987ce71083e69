"""Call a service that is no text model, as carefully as those are asked: counted, bounded, written down, paid once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

from vitrina.engine import runtime
from vitrina.engine.core.attempts import AttemptResult, AttemptSpec
from vitrina.engine.core.breaker import State
from vitrina.engine.core.config import Target
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.faults import Fault, FaultKind
from vitrina.engine.core.mailbox import Mailbox
from vitrina.engine.core.prices import nano_usd
from vitrina.engine.core.providers import Endpoint, Provider
from vitrina.engine.core.replies import CallContext
from vitrina.engine.core.routes import Step
from vitrina.engine.core.services import Send, Sent, ServiceFailed, ServiceRequest
from vitrina.engine.errors import NoAnswer
from vitrina.lib.rates import Rate

__all__ = ["AttemptResult", "Call", "Fault", "FaultKind", "Sent", "ServiceFailed", "breaker_state", "call"]

KEPT_SECONDS = 24 * 3600.0  # an answer, against paying again after a crash
PATIENCE_SECONDS = 10.0  # for a place or a rate, before the asker hears how long it would be


@dataclass(frozen=True)
class Call:
    """One call to one service.

    `key`: of this call and no other; asked again with it, a stored answer serves, and nothing is paid. `send`: see
    `core.services`. `seconds`: for the call itself. `most_usd`: what it may cost, None where no price is known.
    `units`: what it takes of `rate`. `at_once`: calls of this service under way in one process.
    `is_offline`: nothing leaves the house; the ledger says so.
    """

    service: str
    model: str
    key: str
    send: Send
    kind: str  # the ledger's: "image"
    generator: str
    context: CallContext
    seconds: float = 120.0
    most_usd: Decimal | None = None
    rate: Rate | None = None
    units: float = 1
    at_once: int | None = None
    is_offline: bool = False
    number: int = field(default=1)


def call(asked: Call) -> AttemptResult:
    """What came of it: a stored answer or a fault. Waits in the caller's thread, which must be in no transaction.

    A fault of the kind LIMIT is a limit of ours, told by `refused`: with a `retry_after` a rate or the places, without
    one a budget. Raises EngineError.
    """
    config = runtime.config()
    store, is_own_thread = runtime.store_for_caller()
    deadline = Deadline.within(asked.seconds + PATIENCE_SECONDS)
    mailbox = Mailbox()
    key = hashlib.sha256(f"service {asked.kind} {asked.key}".encode()).hexdigest()
    spec = AttemptSpec(
        target=_target(asked),
        key=key,
        keys=(key,),
        also_under=(),
        request=ServiceRequest(
            asked.send,
            "offline" if asked.is_offline else asked.kind,
            nano_usd(asked.most_usd) or 0,
            asked.rate,
            asked.units,
            asked.at_once,
        ),
        route=asked.kind,
        generator=asked.generator,
        context=asked.context,
        prompt_version="",
        ttl_seconds=KEPT_SECONDS,
        deadline=deadline,
        tokens_expected=0,
        number=asked.number,
        least_seconds=asked.seconds,
    )
    runtime.engine().attempt(spec, config, store, mailbox, is_own_thread=is_own_thread)
    try:
        result: AttemptResult = mailbox.wait(deadline.seconds_left + config.deadlines.store + 60)
    except TimeoutError:
        raise NoAnswer("The engine's loop didn't answer in time; the database may hang.") from None
    return result


def breaker_state(service: str, model: str) -> State:
    """Of this process, as it stands now."""
    return runtime.engine().attempts.breaker(f"{service}:{model}", runtime.config()).state


def _target(asked: Call) -> Target:
    provider = "" if asked.is_offline else asked.service
    return Target(
        Step(f"{asked.service}:{asked.model}", asked.seconds), Endpoint(Provider(provider, "", ""), "")
    )
