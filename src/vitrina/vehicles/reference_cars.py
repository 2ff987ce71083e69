"""The five reference cars: whether the prompts that every service would get name the right badge and no wrong one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Service
from vitrina.vehicles import recipe
from vitrina.vehicles.angles import ANGLES, Angle, BadgeSeen
from vitrina.vehicles.badges import is_named
from vitrina.vehicles.recipe import Car

# The badge of each, as the model year wears it, written apart from the data that the prompts are made of.
CARS: tuple[tuple[Car, str], ...] = (
    (recipe.car(brand="Renault", model="Clio", year=2021, color="синий", body_type="хэтчбек"), "parallel interlaced lines"),
    (recipe.car(brand="Mercedes-Benz", model="E-Class", year=2019, color="чёрный", body_type="седан"), "three-pointed star"),
    (recipe.car(brand="Great Wall", model="H6", year=2022, color="белый", body_type="кроссовер"), "battlement-shaped"),
    (recipe.car(brand="BMW", model="X5", year=2020, color="красный", body_type="кроссовер"), "sky blue and white"),
    (recipe.car(brand="Peugeot", model="308", year=2022, color="серый", body_type="хэтчбек"), "roaring lion head"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """`wrong`: what is not as it must be, in English; empty where all is well."""

    service: str
    model: str
    car: str
    prompts: int
    wrong: tuple[str, ...]


def check(services: Iterable[Service]) -> list[Checked]:
    """Every car, from every angle, as each model of each service would be asked."""
    return [
        _checked(service, model, car, badge)
        for service in services
        if service.make is not None
        for model in service.models or ("",)
        for car, badge in CARS
    ]


def _checked(service: Service, model: str, car: Car, badge: str) -> Checked:
    wrong: list[str] = []
    for seen in ANGLES:
        wrong += [f"{seen.id}: {words}" for words in _wrong(service, model, car, seen, badge)]
    name = f"{car.brand_name} {car.model} {car.year}"
    return Checked(service.name, model, name, len(ANGLES), tuple(wrong))


def _wrong(service: Service, model: str, car: Car, seen: Angle, badge: str) -> Iterable[str]:
    abilities = service.abilities(model)
    made = recipe.scene(car, seen)
    order = compiled(made, Options(), abilities, model, recipe.seed("CAR-00000000", seen.id), ()).order
    if made.frozen not in order.prompt:
        yield "the frozen description is not whole"
    if seen.badge is BadgeSeen.FRONT and badge not in order.prompt:
        yield f"the badge of {car.year} is not named"
    is_told_so = abilities.has_negative or recipe.ONLY_EMBLEM in order.prompt.casefold()
    if seen.badge is not BadgeSeen.NONE and not is_told_so:
        yield "nothing says that the right emblem is the only one"
    for rival in recipe.rivals(car):
        if is_named(rival, order.prompt):
            yield f"{rival} is named in the prompt"
        if (
            seen.badge is not BadgeSeen.NONE
            and abilities.has_negative
            and not is_named(rival, order.negative)
        ):
            yield f"{rival} is not excluded"
        if not abilities.has_negative and is_named(rival, order.negative):
            yield f"{rival} is named to a model without a negative prompt"
