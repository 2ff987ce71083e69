"""A process of the program for tests of pictures: the jobs' own, with an order to ask for pictures.

TEST_WORLD: where the simulated services draw.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

os.environ["TEST_SETTINGS"] = "vitrina.imagery.tests.process_settings"

from vitrina.jobs.tests import process  # isort: skip - it sets Django up

from vitrina.accounts.models import Plan, Seller, User
from vitrina.imagery import asking, finishing, installed, places, rendering, waking
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.tests.services_made import OFFLINE, service
from vitrina.jobs.registry import registry
from vitrina.jobs.retry import RetryRule
from vitrina.lib.pictures.quality.judging import judge

PATIENCE_SECONDS = 1.5

WORLD = os.environ["TEST_WORLD"]
installed.SERVICES = (
    service("swift", WORLD, seconds=PATIENCE_SECONDS),
    service("solid", WORLD, seconds=PATIENCE_SECONDS),
    OFFLINE,
)
# Long pauses, and processes of their own for opening pictures, are other tests' matter.
places.AGAIN_SECONDS = 5.0
finishing.judge_apart = judge
rendering.PICTURES = RetryRule(tries=3, base_seconds=0.2)
registry.handlers[waking.KIND] = replace(registry.handlers[waking.KIND], retry=rendering.PICTURES)


def illustrate(order: dict[str, Any]) -> Any:
    """Sellers with a plan, each with so many pictures in series: {"sellers", "pictures", "series", "at_once"}"""
    plan = Plan.objects.create(
        name="STORM", limits={"pictures": {"month": order["pictures"] + 5}, "usd": {"month": "1000"}}
    )
    person, _made = User.objects.get_or_create(username="alice")
    for number in range(order["sellers"]):
        seller = Seller.objects.create(name=f"S{number}", slug=f"s{number}", plan=plan)
        for place in range(order["pictures"]):
            series = asking.begin_series(
                seller,
                recipe=Recipe.CAR_ANGLE,
                subject=f"vehicle:{place % order['series']}",
                session=f"CAR-{number}-{place % order['series']}",
                title="A car",
                most_at_once=order["at_once"],
                by=person,
            )
            scene = Scene(
                recipe=Recipe.CAR_ANGLE, parts=(f"car {number} from {place}",), width=320, height=256
            )
            asking.ask_for(seller, scene, title=f"Angle {place}", part=f"{place}", series=series, by=person)
    return None


process.ORDERS["illustrate"] = illustrate

if __name__ == "__main__":
    process.main()
