"""Plans: readable limits in, the JSON of `Plan.limits` out, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Plan, User
from vitrina.accounts.quota_rules import ANY_FEATURE
from vitrina.accounts.quotas import forget_plans

PERIODS = ("day", "month")
MOST_CALLS = 1_000_000_000
MOST_USD = Decimal(1_000_000)
MOST_NAME = 80
# Pictures are limited in more ways than calls are: `{"pictures": {"month": 50, "at_once": 3, "services": ["openai"]}}`.
PICTURES = "pictures"
MOST_AT_ONCE = 1000
# The plans of a new installation; nobody has them until somebody gives them.
FIRST_PLANS: dict[str, dict[str, Any]] = {
    "FREE": {
        PICTURES: {
            "month": 30,
            "at_once": 1,
            "services": ["pollinations", "pollinations-demo", "sdwebui", "comfyui"],
        }
    },
    "BASIC": {
        PICTURES: {
            "month": 300,
            "at_once": 3,
            "services": ["pollinations", "gemini", "openrouter", "sdwebui", "comfyui"],
        }
    },
    "PRO": {PICTURES: {"month": 3000, "at_once": 10}},
}

# Names and titles of the services that a plan may allow; the room that speaks to them fills it.
picture_services: list[Callable[[], Sequence[tuple[str, str]]]] = []


class Refused(ValueError):
    """`field` is what to mend, the words are for the page."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def limits_of(
    typed: Mapping[str, str], features: Iterable[str], *, before: Mapping[str, Any]
) -> dict[str, Any]:
    """The limits that a form names by `seller.describe.day`, `person.describe.month`, `usd.day`.

    An empty field is no limit. What the plan limits beyond these features stays. Raises Refused.
    """
    known = [ANY_FEATURE, *features]
    limits: dict[str, Any] = {
        name: value for name, value in before.items() if name not in {*known, "usd", "per_user"}
    }
    old_persons = before.get("per_user")
    per_user = {
        name: value
        for name, value in (old_persons if isinstance(old_persons, dict) else {}).items()
        if name not in known
    }
    for feature in known:
        found: dict[str, Any] = dict(_periods(typed, f"seller.{feature}"))
        if feature == PICTURES:
            found |= _of_pictures(typed, before.get(PICTURES))
        if found:
            limits[feature] = found
        # A person's limit is per feature: there is no counter of all their calls.
        if feature != ANY_FEATURE and (of_person := _periods(typed, f"person.{feature}")):
            per_user[feature] = of_person
    if usd := {period: amount for period in PERIODS if (amount := _usd(typed, f"usd.{period}")) is not None}:
        limits["usd"] = usd
    if per_user:
        limits["per_user"] = per_user
    return limits


def fields_of(limits: Mapping[str, Any], features: Sequence[str]) -> dict[str, str]:
    """What the form's fields show of stored limits."""
    shown = {}
    persons = limits.get("per_user")
    for whose, given in (("seller", limits), ("person", persons if isinstance(persons, Mapping) else {})):
        for feature in (ANY_FEATURE, *features):
            periods = given.get(feature)
            for period in PERIODS:
                most = periods.get(period) if isinstance(periods, Mapping) else None
                shown[f"{whose}.{feature}.{period}"] = "" if most is None else str(most)
    pictures = limits.get(PICTURES)
    if PICTURES in features:
        at_once = pictures.get("at_once") if isinstance(pictures, Mapping) else None
        shown[AT_ONCE] = "" if at_once is None else str(at_once)
    usd = limits.get("usd")
    for period in PERIODS:
        amount = usd.get(period) if isinstance(usd, Mapping) else None
        shown[f"usd.{period}"] = "" if amount is None else str(amount)
    return shown


def services_of(limits: Any) -> list[tuple[str, str, bool]]:
    """Each picture service: name, title, whether a plan with these limits allows it."""
    pictures = limits.get(PICTURES) if isinstance(limits, Mapping) else None
    allowed = pictures.get("services") if isinstance(pictures, Mapping) else None
    return [
        (name, title, not isinstance(allowed, list) or name in allowed)
        for known in picture_services
        for name, title in known()
    ]


def make_first_plans() -> None:
    """FREE, BASIC and PRO, where there is no plan yet."""
    if not Plan.objects.exists():
        Plan.objects.bulk_create(Plan(name=name, limits=limits) for name, limits in FIRST_PLANS.items())


def set_plan(plan: Plan | None, name: str, limits: dict[str, Any], *, by: User) -> Plan:
    """Make or change a plan; changed limits hold within seconds, what was used stays counted. Raises Refused."""
    name = name.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise Refused("name", _("A plan needs a name of at most %(most)d letters.") % {"most": MOST_NAME})
    with transaction.atomic():
        others = Plan.objects.exclude(pk=plan.pk) if plan else Plan.objects.all()
        if others.filter(name=name).exists():
            raise Refused("name", _("There is a plan of this name already."))
        if plan is None:
            plan = Plan.objects.create(name=name, limits=limits)
            audit.record("plan.create", plan, by=by, after={"name": name, "limits": limits})
        else:
            before = {"name": plan.name, "limits": plan.limits}
            after = {"name": name, "limits": limits}
            if before != after:
                Plan.objects.filter(pk=plan.pk).update(name=name, limits=limits)
                audit.record("plan.change", plan, by=by, before=before, after=after)
    forget_plans()
    return plan


def delete_plan(plan: Plan, *, by: User) -> None:
    """Raises Refused while sellers have it."""
    with transaction.atomic():
        if plan.sellers.exists():
            raise Refused("sellers", _("Sellers have this plan; give them another one first."))
        audit.record("plan.delete", plan, by=by, before={"name": plan.name, "limits": plan.limits})
        plan.delete()


AT_ONCE = "pictures.at_once"
SERVICE = "pictures.service."
SERVICES_SHOWN = "pictures.services"  # the form had their boxes, so that an empty one says no


def _of_pictures(typed: Mapping[str, str], before: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    text = typed.get(AT_ONCE, "").strip()
    if text:
        if not (text.isascii() and text.isdigit()) or len(text) > 4 or not 1 <= int(text) <= MOST_AT_ONCE:
            raise Refused(
                AT_ONCE, _("A whole number from 1 to %(most)d, or nothing.") % {"most": MOST_AT_ONCE}
            )
        found["at_once"] = int(text)
    old = before.get("services") if isinstance(before, Mapping) else None
    if SERVICES_SHOWN not in typed:
        return found | ({"services": old} if isinstance(old, list) else {})
    names = [name for known in picture_services for name, _title in known()]
    allowed = [name for name in names if f"{SERVICE}{name}" in typed]
    # All of them is no limit, so that one that comes with a new version is allowed too.
    return found if allowed == names else found | {"services": allowed}


def _periods(typed: Mapping[str, str], prefix: str) -> dict[str, int]:
    found = {}
    for period in PERIODS:
        field = f"{prefix}.{period}"
        text = typed.get(field, "").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        if not text:
            continue
        if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) > MOST_CALLS:
            raise Refused(field, _("A whole number from 0 up, or nothing for no limit."))
        found[period] = int(text)
    return found


def _usd(typed: Mapping[str, str], field: str) -> str | None:
    text = typed.get(field, "").strip().replace(",", ".").removeprefix("$")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Refused(field, _("This is not a number.")) from None
    if not amount.is_finite() or not 0 <= amount < MOST_USD:
        raise Refused(field, _("From 0 to a million USD."))
    return f"{amount.quantize(Decimal('0.01')):f}"
