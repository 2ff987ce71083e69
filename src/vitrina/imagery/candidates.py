"""The installation's services as the choice sees them, and which one would be asked first."""

from __future__ import annotations

from vitrina.accounts.models import Seller
from vitrina.engine.calling import breaker_state
from vitrina.engine.core.breaker import State
from vitrina.imagery import figures, installed
from vitrina.imagery.choosing import Candidate, Wanted, chosen
from vitrina.imagery.installed import Installed
from vitrina.imagery.plan import PlanOfPictures, plan_of


def foreseen(seller: Seller, wanted: Wanted) -> Installed | None:
    """Whom a picture would be asked of now; another may draw it in the end, when this one fails. None: nobody may."""
    known = installed.services()
    names = chosen([candidate(one) for one in known.values()], wanted, plan_of_seller(seller)).services
    return known[names[0]] if names else None


def candidate(one: Installed) -> Candidate:
    if not one.is_usable or one.service.is_offline:
        return Candidate(one.name, one.place, one.is_usable, False, 99, is_offline=one.service.is_offline)
    abilities, count = one.abilities, figures.recent(one.name)
    return Candidate(
        one.name,
        one.place,
        True,
        abilities.marks_pictures,
        abilities.most_references,
        is_resting=breaker_state(one.name, one.model) is State.OPEN,
        success=count.success_rate,
        attempts=count.total,
    )


def plan_of_seller(seller: Seller) -> PlanOfPictures:
    plan = seller.plan
    return plan_of(plan.name, plan.limits) if plan is not None else PlanOfPictures()
