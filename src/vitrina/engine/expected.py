"""What one call is expected to cost, before it is made: for estimates that people see, never for the books."""

from __future__ import annotations

from decimal import Decimal

from vitrina.engine import runtime
from vitrina.engine.core.picture_tokens import picture_tokens
from vitrina.engine.core.reading import Usage


def expected_cost(route: str, *, prompt: int, completion: int, pictures: int = 0) -> Decimal | None:
    """USD of a call to the route's first model: `prompt` and `completion` in tokens, the pictures' own besides.

    0 where no model can be asked and the offline producer answers; None where the model's price is unknown.
    """
    config = runtime.config()
    known = config.routes.get(route)
    targets = config.targets(known) if known else ()
    if not targets:
        return Decimal(0)
    step, provider = targets[0].step, targets[0].endpoint.provider
    price = config.prices.of(step.provider, provider.price_id, step.model_name)
    if price is None:
        return None
    return price.cost(Usage(prompt + pictures * picture_tokens(step.model_name), completion))
