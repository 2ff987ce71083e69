"""Shoes, from the side."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb

WHITE, DARK = rgb("#fbfaf7"), rgb("#2b2b30")


def sneaker(c: Colour, *, high: bool = False, sole: Colour = WHITE) -> Art:
    art = Art()
    top = 120 if high else 176
    art.blob(
        [
            (64, top + 8),
            (104, top),
            (104, top),
            (122, 208),
            (170, 236),
            (226, 256),
            (252, 282),
            (250, 304),
            (250, 304),
            (56, 304),
            (56, 304),
            (56, 250),
        ],
        c,
    )
    art.blob([(196, 258), (236, 266), (252, 286), (250, 302), (202, 300), (186, 276)], lit(c, 0.92))
    art.blob([(56, 236), (80, 232), (92, 268), (90, 302), (56, 302)], lit(c, 0.9))
    art.box(50, 296, 258, 326, sole, "down", corner=13)
    art.line([(54, 312), (254, 312)], lit(sole, 0.8), 1.6)
    art.blob([(100, top - 4), (118, top + 2), (140, 214), (176, 242), (160, 252), (118, 226)], lit(c, 1.1))
    for n in range(6 if high else 4):
        y = 240 - n * (18 if high else 14)
        x = 158 - n * (9 if high else 12)
        art.line([(x - 8, y + 6), (x + 16, y - 2)], WHITE if sum(c) < 620 else rgb("#c9ccd2"), 4)
    art.fold((96, 262), (140, 276), (186, 282), colour=c, alpha=0.6)
    return art


def high_sneaker(c: Colour) -> Art:
    return sneaker(c, high=True)


def boot(c: Colour, *, sole: Colour = DARK, tall: bool = False) -> Art:
    art = Art()
    top = 70 if tall else 120
    art.blob(
        [
            (84, top),
            (160, top),
            (160, top),
            (164, 210),
            (200, 250),
            (240, 270),
            (248, 302),
            (248, 302),
            (84, 306),
            (84, 306),
            (90, 220),
        ],
        c,
        "cloth",
    )
    art.box(82, 316, 134, 332, sole, "down", corner=3)
    art.box(80, 300, 252, 319, sole, "down", corner=8)
    art.oval(122, top, 38, 8, lit(c, 0.55), "flat")
    if not tall:
        art.blob([(112, 142), (136, 142), (140, 200), (112, 204)], lit(c, 0.6))
    art.fold((166, 236), (150, 256), (140, 250), colour=c)
    art.shine((104, top + 30), (104, 190), (106, 250), width=6, alpha=0.18)
    return art


def rubber_boot(c: Colour) -> Art:
    return boot(c, tall=True, sole=lit(c, 0.6))


def flat_shoe(c: Colour) -> Art:
    art = Art()
    for dx, dy in ((0, -46), (16, 20)):
        art.blob(
            [
                (56 + dx, 250 + dy),
                (70 + dx, 236 + dy),
                (104 + dx, 248 + dy),
                (150 + dx, 262 + dy),
                (204 + dx, 264 + dy),
                (240 + dx, 284 + dy),
                (240 + dx, 296 + dy),
                (58 + dx, 298 + dy),
            ],
            c,
        )
        art.blob(
            [
                (66 + dx, 242 + dy),
                (100 + dx, 250 + dy),
                (146 + dx, 264 + dy),
                (130 + dx, 274 + dy),
                (74 + dx, 268 + dy),
            ],
            lit(c, 0.5),
            "flat",
        )
        art.box(58 + dx, 292 + dy, 238 + dx, 300 + dy, DARK, "flat", corner=4)
        art.box(58 + dx, 294 + dy, 92 + dx, 306 + dy, DARK, "flat", corner=2)
        art.shine((190 + dx, 272 + dy), (220 + dx, 280 + dy), width=4, alpha=0.3)
    return art
