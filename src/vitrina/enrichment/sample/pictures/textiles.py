"""Towels, bedding and what else is folded."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb
from vitrina.lib.outlines import smooth


def towels(c: Colour) -> Art:
    art = Art()
    for n in range(3):
        y = 282 - n * 42
        art.box(58 + n * 3, y, 242 - n * 3, y + 44, lit(c, 1.0 - n * 0.03), "down", corner=20)
        art.fold((74, y + 22), (150, y + 25), (228, y + 22), colour=c, width=2)
        art.line([(200 - n * 2, y + 6), (200 - n * 2, y + 39)], lit(c, 0.82), 5, alpha=0.6)
    return art


def blanket(c: Colour) -> Art:
    art = towels(c)
    art.blob([(62, 196), (238, 196), (246, 262), (214, 300), (200, 246), (96, 240), (70, 268)], lit(c, 1.06))
    for n in range(12):
        art.line([(208 + n * 3, 268 + n % 3 * 4), (208 + n * 3, 300 + n % 2 * 6)], lit(c, 0.85), 1.6)
    return art


def cloths(c: Colour) -> Art:
    art = Art(stands=False)
    for n, tone in enumerate(("#6fa3a0", "#e2b05e", "#c96f5b", "#8aa36b", "#6c7fa6")):
        x, y = 64 + n * 18, 76 + n * 30
        art.box(x, y, x + 120, y + 110, rgb(tone), corner=4)
        for k in range(1, 6):
            art.fold((x + 4, y + k * 18), (x + 116, y + k * 18), colour=rgb(tone), width=1, alpha=0.3)
    return art


def pillow(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth(
            [
                (44, 196),
                (96, 186),
                (204, 186),
                (256, 196),
                (250, 250),
                (256, 316),
                (204, 322),
                (96, 322),
                (44, 316),
                (50, 250),
            ]
        ),
        c,
        "down",
    )
    art.fold((70, 300), (150, 276), (236, 298), colour=c, width=3, alpha=0.25)
    art.fold((56, 206), (80, 220), (92, 214), colour=c)
    art.fold((244, 206), (222, 220), (210, 214), colour=c)
    return art


def bedding(c: Colour) -> Art:
    art = Art()
    for n in range(3):
        art.box(52, 300 - n * 30, 248, 332 - n * 30, lit(c, 1 - n * 0.05), "down", corner=13)
    for dx, dy in ((-16, 0), (26, -30)):
        art.shape(
            smooth(
                [
                    (84 + dx, 176 + dy),
                    (120 + dx, 170 + dy),
                    (190 + dx, 170 + dy),
                    (226 + dx, 178 + dy),
                    (222 + dx, 236 + dy),
                    (150 + dx, 244 + dy),
                    (88 + dx, 238 + dy),
                ]
            ),
            lit(c, 1.08),
            "down",
        )
    art.fold((70, 286), (150, 292), (230, 286), colour=c, width=2)
    return art
