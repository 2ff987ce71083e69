"""Three cars of the sample shop, each with a series of placeholders: drawn offline, whatever keys are set."""

from __future__ import annotations

from typing import Any

from vitrina.accounts.models import Seller
from vitrina.imagery.options import Options
from vitrina.vehicles import changing, series
from vitrina.vehicles.models import Vehicle

OFFLINE = "placeholder"
CARS: tuple[dict[str, Any], ...] = (
    {
        "brand": "Renault", "model": "Clio", "year": 2021, "color": "синий", "body_type": "хэтчбек",
        "details": "литые диски, светодиодные фары, 16-дюймовые колёса",
    },
    {
        "brand": "BMW", "model": "X5", "year": 2020, "color": "красный", "body_type": "кроссовер",
        "details": "панорамная крыша, чёрные диски, чёрная кожа",
    },
    {
        "brand": "Лада", "model": "Веста", "year": 2019, "color": "серебристый", "body_type": "седан",
        "details": "литые диски, тканевый салон",
    },
)  # fmt: skip


def load_sample_cars(seller: Seller) -> int:
    """How many were made; none where the seller has cars already. Their pictures are drawn by jobs."""
    if Vehicle.objects.filter(seller=seller).exists():
        return 0
    for told in CARS:
        vehicle = changing.create(seller, by=None, **told)
        series.begin(vehicle, options=Options(service=OFFLINE), by=None)
    return len(CARS)
