"""Feeds in and cards out: rows a second and peak memory for 1 000, 10 000 and 100 000 rows.

Each figure comes from a process of its own with an empty SQLite database: `python -m bench.intake import csv 1000`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.report import BenchRow

GROUP = "catalogue"
SIZES = (1_000, 10_000, 100_000)
FORMATS = ("csv", "yml")
ROWS_PER_SECOND = 1_000  # at least
GROWTH_MB = 32  # at most, from the smallest feed to the biggest
SEARCH_MS = 100  # at most, over the biggest catalogue

WORDS = [
    "кружка",
    "керамическая",
    "тёплая",
    "объём",
    "ручка",
    "чай",
    "кофе",
    "глазурь",
    "посуда",
    "подарок",
    "набор",
    "ложка",
    "блюдце",
    "чайник",
    "стекло",
    "бамбук",
    "лёгкая",
    "прочная",
    "удобная",
    "большая",
    "маленькая",
    "синяя",
    "белая",
    "зелёная",
    "матовая",
    "глянцевая",
    "ежедневная",
    "праздничная",
]


def rows() -> Iterator[BenchRow]:
    for file_format in FORMATS:
        peaks = {}
        for size in SIZES:
            found = _child("import", file_format, size)
            peaks[size] = found["peak_mb"]
            yield BenchRow(
                group=GROUP,
                name=f"import {file_format}, {size} rows",
                figure=round(found["rows_per_second"]),
                unit="rows/s",
                limit=f"≥ {ROWS_PER_SECOND}",
                holds=found["rows_per_second"] >= ROWS_PER_SECOND,
            )
            yield BenchRow(
                group=GROUP,
                name=f"import {file_format}, {size} rows again, unchanged",
                figure=round(found["again_per_second"]),
                unit="rows/s",
                limit="",
                holds=None,
            )
        growth = peaks[SIZES[-1]] - peaks[SIZES[0]]
        yield BenchRow(
            group=GROUP,
            name=f"import {file_format}, peak memory of {SIZES[-1]} rows over {SIZES[0]} ({peaks[SIZES[0]]:.0f} MB)",
            figure=round(growth, 1),
            unit="MB",
            limit=f"≤ {GROWTH_MB}",
            holds=growth <= GROWTH_MB,
        )
    for file_format in ("csv", "xlsx", "yml", "jsonl"):
        found = _child("export", file_format, 10_000)
        yield BenchRow(
            group=GROUP,
            name=f"export {file_format}, 10000 cards",
            figure=round(found["rows_per_second"]),
            unit="cards/s",
            limit=f"≥ {ROWS_PER_SECOND}",
            holds=found["rows_per_second"] >= ROWS_PER_SECOND,
        )
    found = _child("search", "csv", SIZES[-1])
    for name, milliseconds in found.items():
        yield BenchRow(
            group=GROUP,
            name=f"search {SIZES[-1]} products: {name}",
            figure=round(milliseconds, 1),
            unit="ms",
            limit=f"≤ {SEARCH_MS}",
            holds=milliseconds <= SEARCH_MS,
        )


def _child(deed: str, file_format: str, size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="vitrina-bench-") as folder:
        environment = os.environ | {"VITRINA_DATA_DIR": folder, "DATABASE_URL": ""}
        done = subprocess.run(
            [sys.executable, "-m", "bench.intake", deed, file_format, str(size)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"The bench of {deed} {file_format} {size} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


# --- In the child -------------------------------------------------------------------------------------------


def main(deed: str, file_format: str, size: int) -> dict[str, float]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    if deed == "import":
        return _measure_import(file_format, size)
    if deed == "export":
        return _measure_export(file_format, size)
    return _measure_search(size)


def _measure_import(file_format: str, size: int) -> dict[str, float]:
    from django.conf import settings

    path = Path(settings.DATA_DIR) / f"feed.{file_format}"
    write_feed(path, file_format, size)
    first = _import(path, size)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows_per_second": first, "peak_mb": peak, "again_per_second": _import(path, size)}


def _import(path: Path, size: int) -> float:
    from vitrina.accounts.models import Seller
    from vitrina.catalog import importing

    seller, _ = Seller.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    began = time.perf_counter()
    with path.open("rb") as stream:
        done = importing.read(importing.prepare(seller, file=stream, file_name=path.name))
    if done.read != size or done.broken:
        raise RuntimeError(f"{done.read} of {size} rows were read, {done.broken} were broken")
    return size / (time.perf_counter() - began)


def _measure_export(file_format: str, size: int) -> dict[str, float]:
    from django.conf import settings

    from vitrina.catalog.export import cards, write
    from vitrina.catalog.models import Product, ProductContent

    feed = Path(settings.DATA_DIR) / "feed.csv"
    write_feed(feed, "csv", size)
    _import(feed, size)
    ProductContent.objects.bulk_create(
        (
            ProductContent(
                product=product, language="ru", title=product.title[:60], description=_html(product.pk)
            )
            for product in Product.objects.only("pk", "title").iterator()
        ),
        batch_size=500,
    )
    began = time.perf_counter()
    report = write(
        cards(Product.objects.all(), "ru"),
        Path(settings.DATA_DIR) / "cards",
        file_format=file_format,
        target="yml",
        language="ru",
    )
    if report.written != size:
        raise RuntimeError(f"{report.written} of {size} cards were written: {report.held_back[:1]}")
    return {"rows_per_second": size / (time.perf_counter() - began)}


def _measure_search(size: int) -> dict[str, float]:
    from django.conf import settings

    from vitrina.catalog.models import Product
    from vitrina.catalog.search import ProductFilter, find, page

    feed = Path(settings.DATA_DIR) / "feed.csv"
    write_feed(feed, "csv", size)
    _import(feed, size)
    found = {}
    for name, wanted in {
        "two words, many found": ProductFilter(text="кружка синяя"),
        "a word that is nowhere": ProductFilter(text="экскаватор"),
        "without category": ProductFilter(has_category=False),
        "without finished text": ProductFilter(has_description=False),
    }.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            page(find(Product.objects.all(), wanted))
            times.append((time.perf_counter() - began) * 1000)
        found[name] = sorted(times)[2]
    return found


def write_feed(path: Path, file_format: str, size: int) -> None:
    """Believable listings of about 1 KB; the same ones for the same size."""
    rng = random.Random(size)
    with path.open("w", encoding="utf-8", newline="") as file:
        if file_format == "csv":
            file.write(
                "Артикул;Название;Описание;Бренд;Цена;Валюта;Фото;Категория;Материал;Цвет;Объём, мл;Вес, г\n"
            )
        else:
            file.write("<yml_catalog><shop><categories>")
            file.write("".join(f'<category id="{n}">Раздел {n}</category>' for n in range(40)))
            file.write("</categories><offers>\n")
        for number in range(size):
            title = " ".join(rng.choices(WORDS, k=6))
            text = " ".join(rng.choices(WORDS, k=60))
            price, brand, volume = (
                rng.randrange(100, 9000),
                f"Бренд {rng.randrange(200)}",
                rng.randrange(100, 900),
            )
            picture = f"https://pictures.example/{number}"
            if file_format == "csv":
                file.write(
                    f"A{number};{title} {number};{text};{brand};{price};RUB;{picture}-1.jpg | {picture}-2.jpg;"
                    f"Посуда > Раздел {number % 40};керамика;синий;{volume};{volume // 2}\n"
                )
            else:
                file.write(
                    f'<offer id="A{number}" available="true"><name>{title} {number}</name><vendor>{brand}</vendor>'
                    f"<price>{price}</price><currencyId>RUR</currencyId><categoryId>{number % 40}</categoryId>"
                    f"<picture>{picture}-1.jpg</picture><picture>{picture}-2.jpg</picture>"
                    f"<description><![CDATA[<p>{text}</p>]]></description><param name='Материал'>керамика</param>"
                    f"<param name='Цвет'>синий</param><param name='Объём' unit='мл'>{volume}</param></offer>\n"
                )
        if file_format == "yml":
            file.write("</offers></shop></yml_catalog>")


def _html(number: int) -> str:
    rng = random.Random(number)
    return f"<p>{' '.join(rng.choices(WORDS, k=80))}</p><ul><li>{rng.choice(WORDS)}</li></ul>"


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
