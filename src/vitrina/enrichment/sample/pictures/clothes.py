"""What is worn, as it hangs or lies before a wall; shoes from the side."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb

WHITE, DARK, GOLD = rgb("#fbfaf7"), rgb("#2b2b30"), rgb("#c9a227")


def dress(c: Colour) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (12, 62),
            (26, 60),
            (31, 92),
            (34, 118),
            (31, 150),
            (29, 168),
            (48, 230),
            (68, 300),
            (80, 352),
            (80, 352),
            (40, 362),
            (0, 364),
        ],
        c,
    )
    art.both([(26, 60), (40, 64), (52, 84), (62, 112), (62, 112), (44, 124), (34, 118), (31, 96)], c)
    art.blob(
        [(138, 60), (162, 60), (162, 60), (158, 76), (150, 82), (142, 76), (138, 60)], lit(c, 0.62), "flat"
    )
    art.line([(121, 167), (150, 171), (179, 167)], lit(c, 0.75), 4)
    for x, reach in ((132, 104), (150, 150), (168, 198)):
        art.fold((x, 178), ((x + reach) / 2, 270), (reach, 352), colour=c)
    art.fold((112, 214), (104, 236), (110, 258), colour=c, alpha=0.5)
    art.fold((188, 214), (196, 236), (190, 258), colour=c, alpha=0.5)
    return art


def gown(c: Colour) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (20, 40),
            (25, 62),
            (30, 80),
            (32, 100),
            (25, 130),
            (34, 170),
            (44, 240),
            (60, 320),
            (86, 376),
            (86, 376),
            (40, 386),
            (0, 388),
        ],
        c,
    )
    art.line([(130, 42), (124, 26), (128, 12)], c, 3)
    art.line([(170, 42), (176, 26), (172, 12)], c, 3)
    art.blob([(131, 42), (150, 60), (169, 42), (166, 60), (150, 72), (134, 60)], lit(c, 0.8))
    art.line([(126, 130), (150, 134), (174, 130)], lit(c, 0.7), 4)
    art.blob(
        [(166, 220), (176, 250), (190, 320), (208, 382), (184, 386), (178, 320), (168, 260)],
        lit(c, 0.55),
        "flat",
    )
    for a, b, d in ((140, 128, 112), (152, 150, 150), (160, 164, 168)):
        art.fold((a, 140), (b, 260), (d, 382), colour=c)
    return art


def tee(c: Colour) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (20, 84),
            (38, 86),
            (70, 104),
            (104, 150),
            (104, 150),
            (78, 172),
            (78, 172),
            (62, 156),
            (62, 156),
            (63, 240),
            (62, 318),
            (62, 318),
            (30, 322),
            (0, 322),
        ],
        c,
    )
    art.both([(21, 84), (18, 96), (10, 104), (0, 106), (0, 106), (0, 96), (8, 95), (15, 84)], lit(c, 0.86))
    art.both([(15, 84), (8, 95), (0, 97), (0, 97), (0, 84)], lit(c, 0.6), "flat")
    art.fold((92, 158), (104, 170), (100, 205), colour=c)
    art.fold((208, 158), (196, 170), (200, 205), colour=c)
    art.fold((128, 230), (134, 270), (126, 310), colour=c, alpha=0.2)
    art.fold((90, 312), (150, 316), (210, 312), colour=c, width=1, alpha=0.5)
    return art


def polo(c: Colour) -> Art:
    art = tee(c)
    art.blob([(129, 82), (150, 100), (143, 116), (143, 116), (122, 94)], lit(c, 1.08))
    art.blob([(171, 82), (150, 100), (157, 116), (157, 116), (178, 94)], lit(c, 0.94))
    art.box(145, 102, 155, 158, lit(c, 0.92), corner=1)
    for y in (118, 134, 150):
        art.oval(150, y, 2.2, 2.2, WHITE, "flat")
    return art


def shirt(c: Colour, stripe: Colour | None = None) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (46, 92),
            (66, 104),
            (84, 170),
            (96, 262),
            (96, 262),
            (76, 268),
            (76, 268),
            (66, 190),
            (62, 160),
            (64, 250),
            (66, 324),
            (66, 324),
            (30, 332),
            (0, 326),
        ],
        c,
    )
    art.both(
        [
            (14, 82),
            (46, 92),
            (62, 102),
            (62, 160),
            (64, 250),
            (66, 324),
            (66, 324),
            (30, 332),
            (0, 326),
            (0, 100),
        ],
        c,
    )
    for x in range(92, 212, 11) if stripe else ():
        art.line([(x, 112 if 100 < x < 200 else 130), (x, 322)], stripe or c, 2.4, alpha=0.75, curved=False)
    art.box(144, 100, 156, 326, lit(c, 0.96), corner=1)
    for y in range(126, 320, 32):
        art.oval(150, y, 2.3, 2.3, lit(c, 0.62), "flat")
    art.blob([(150, 108), (132, 80), (132, 80), (118, 92), (128, 124), (128, 124)], lit(c, 1.08))
    art.blob([(150, 108), (168, 80), (168, 80), (182, 92), (172, 124), (172, 124)], lit(c, 0.93))
    art.blob([(134, 80), (150, 76), (166, 80), (150, 104)], lit(c, 0.6), "flat")
    art.fold((98, 160), (94, 210), (84, 262), colour=c)
    art.fold((202, 160), (206, 210), (216, 262), colour=c)
    return art


def checked(c: Colour) -> Art:
    art = shirt(c, DARK)
    for y in range(120, 320, 22):
        art.line([(90, y), (210, y)], DARK, 3, alpha=0.45, curved=False)
    return art


def blouse(c: Colour) -> Art:
    art = shirt(c)
    art.blob([(150, 112), (120, 98), (104, 112), (118, 130), (150, 116)], lit(c, 0.96))
    art.blob([(150, 112), (180, 98), (196, 112), (182, 130), (150, 116)], lit(c, 0.9))
    art.blob([(146, 114), (132, 160), (140, 190), (150, 150), (152, 116)], lit(c, 1.02))
    art.blob([(154, 114), (168, 156), (162, 182), (150, 150), (150, 116)], lit(c, 0.88))
    art.oval(150, 113, 8, 7, lit(c, 0.85))
    return art


def hoodie(c: Colour, *, hood: bool = True) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (40, 96),
            (64, 108),
            (88, 180),
            (104, 290),
            (104, 290),
            (80, 296),
            (80, 296),
            (70, 214),
            (64, 180),
            (68, 260),
            (66, 320),
            (66, 320),
            (30, 326),
            (0, 326),
        ],
        c,
    )
    art.box(84, 308, 216, 332, lit(c, 0.85), corner=5)
    for x in (-1, 1):
        art.blob(
            [(150 + x * 79, 282), (150 + x * 104, 276), (150 + x * 104, 294), (150 + x * 80, 300)],
            lit(c, 0.85),
        )
    if hood:
        art.both([(20, 62), (42, 78), (46, 104), (24, 122), (0, 130), (0, 130), (0, 56)], lit(c, 1.04))
        art.both([(14, 74), (26, 90), (14, 112), (0, 120), (0, 120), (0, 70)], lit(c, 0.58), "flat")
        art.line([(140, 122), (138, 150), (139, 166)], WHITE, 2.4)
        art.line([(160, 122), (162, 150), (161, 172)], WHITE, 2.4)
        art.both([(34, 232), (44, 276), (44, 276), (0, 278), (0, 278), (0, 232)], lit(c, 0.93))
    else:
        art.both([(24, 90), (22, 104), (10, 112), (0, 113), (0, 113), (0, 100), (16, 90)], lit(c, 0.84))
    art.fold((104, 150), (108, 200), (98, 250), colour=c)
    art.fold((196, 150), (192, 200), (202, 250), colour=c)
    return art


def sweatshirt(c: Colour) -> Art:
    return hoodie(c, hood=False)


def trousers(c: Colour, *, wide: float = 34, stitch: Colour | None = None, cuffs: bool = False) -> Art:
    art = Art(stands=False)
    for side in (-1, 1):
        foot = 150 + side * (wide + 16)
        art.blob(
            [
                (150, 60),
                (150 + side * 42, 60),
                (150 + side * 42, 60),
                (150 + side * 52, 130),
                (foot + side * wide * 0.55, 366),
                (foot + side * wide * 0.55, 366),
                (foot - side * wide * 0.5, 368),
                (foot - side * wide * 0.5, 368),
                (150 + side * 10, 180),
                (150, 150),
                (150, 150),
            ],
            lit(c, 1.0 if side < 0 else 0.94),
        )
        art.fold((150 + side * 28, 160), (foot, 270), (foot, 362), colour=c, alpha=0.3)
        art.line(
            [(150 + side * 40, 82), (150 + side * 30, 98), (150 + side * 18, 80)], stitch or lit(c, 0.7), 1.4
        )
        if cuffs:
            art.box(foot - wide * 0.5, 354, foot + wide * 0.52, 374, lit(c, 0.8), corner=3)
    art.box(107, 52, 193, 72, lit(c, 0.9), corner=3)
    art.line([(150, 74), (151, 110), (146, 132)], stitch or lit(c, 0.6), 1.4)
    art.oval(150, 62, 3, 3, GOLD if stitch else lit(c, 0.5), "flat")
    return art


def jeans(c: Colour) -> Art:
    return trousers(c, wide=27, stitch=rgb("#d99a4e"))


def palazzo(c: Colour) -> Art:
    return trousers(c, wide=52)


def joggers(c: Colour) -> Art:
    art = trousers(c, wide=28, cuffs=True)
    art.line([(146, 74), (140, 100), (142, 116)], WHITE, 2.2)
    art.line([(154, 74), (160, 100), (157, 122)], WHITE, 2.2)
    return art


def skirt(c: Colour) -> Art:
    art = Art(stands=False)
    art.both([(38, 92), (52, 150), (70, 230), (92, 322), (92, 322), (50, 334), (0, 336)], c)
    for n in range(-4, 5):
        art.fold((150 + n * 8, 106), (150 + n * 14, 220), (150 + n * 20, 330), colour=c, alpha=0.4)
    art.box(111, 82, 189, 106, lit(c, 0.84), corner=3)
    return art


def denim_skirt(c: Colour) -> Art:
    art = Art(stands=False)
    art.both([(44, 100), (58, 160), (70, 290), (70, 290), (30, 296), (0, 296)], c)
    art.box(104, 90, 196, 112, lit(c, 0.88), corner=3)
    for x in (118, 182):
        art.line([(x - 12, 114), (x, 136), (x + 14, 114)], rgb("#d99a4e"), 1.5)
    art.line([(150, 112), (150, 200)], rgb("#d99a4e"), 1.5)
    art.oval(150, 101, 3.5, 3.5, GOLD, "flat")
    art.blob([(122, 210), (146, 204), (170, 214), (150, 226)], lit(c, 1.25), "flat", alpha=0.5, edge=0)
    return art


def coat(c: Colour, *, belt: bool = False, hood: bool = False, quilted: bool = False) -> Art:
    art = Art(stands=False)
    art.both(
        [
            (40, 70),
            (64, 84),
            (88, 160),
            (100, 262),
            (100, 262),
            (78, 268),
            (78, 268),
            (68, 180),
            (62, 150),
            (68, 240),
            (82, 366),
            (82, 366),
            (40, 374),
            (0, 372),
        ],
        c,
    )
    if quilted:
        for y in range(110, 366, 24):
            art.fold(
                (86 - (y - 110) * 0.07, y),
                (150, y + 5),
                (214 + (y - 110) * 0.07, y),
                colour=c,
                width=2.2,
                alpha=0.5,
            )
    art.line([(150, 118), (152, 240), (150, 372)], lit(c, 0.6), 1.6)
    if hood:
        art.both([(18, 34), (44, 52), (50, 84), (26, 104), (0, 112), (0, 112), (0, 28)], lit(c, 1.04))
        art.both([(14, 50), (28, 66), (16, 92), (0, 100), (0, 100), (0, 44)], lit(c, 0.5), "flat")
    else:
        art.blob([(150, 150), (124, 68), (124, 68), (104, 82), (112, 118), (106, 126)], lit(c, 1.06))
        art.blob([(150, 150), (176, 68), (176, 68), (196, 82), (188, 118), (194, 126)], lit(c, 0.92))
        art.blob([(128, 66), (150, 62), (172, 66), (150, 128)], lit(c, 0.55), "flat")
    for x in (136, 164):
        for y in (168, 214, 256):
            if not quilted and not (belt and y == 214):
                art.oval(x, y, 3.4, 3.4, lit(c, 0.5), "flat")
    if belt:
        art.box(84, 206, 216, 222, lit(c, 0.84), corner=2)
        art.box(140, 202, 160, 226, lit(c, 0.6), "flat", corner=3)
        art.blob([(146, 222), (132, 276), (142, 282), (154, 226)], lit(c, 0.84))
    for side in (-1, 1):
        art.fold((150 + side * 44, 262), (150 + side * 60, 292), colour=c, width=3, alpha=0.5)
    return art


def trench(c: Colour) -> Art:
    return coat(c, belt=True)


def puffer(c: Colour) -> Art:
    return coat(c, hood=True, quilted=True)


def socks(c: Colour) -> Art:
    art = Art(stands=False)
    for n in range(5):
        x, tone = 66 + n * 32, lit(c, 1.0 + n * 0.12 if sum(c) < 240 else 1.0 - n * 0.04)
        art.blob(
            [
                (x, 90 + n * 6),
                (x + 34, 90 + n * 6),
                (x + 34, 90 + n * 6),
                (x + 34, 220),
                (x + 44, 268),
                (x + 30, 300),
                (x + 2, 296),
                (x + 4, 262),
                (x, 220),
            ],
            tone,
        )
        art.box(x - 1, 86 + n * 6, x + 35, 112 + n * 6, lit(tone, 0.85), corner=3)
    return art


def boxers(c: Colour) -> Art:
    art = Art(stands=False)
    for n, tone in enumerate((rgb("#31435e"), rgb("#8a8f98"), rgb("#7c2e3b"))):
        y = 74 + n * 82
        art.shape(
            [(96, y), (204, y), (222, y + 84), (168, y + 92), (150, y + 62), (132, y + 92), (78, y + 84)],
            tone,
        )
        art.box(94, y - 8, 206, y + 10, lit(tone, 0.7), corner=2)
        art.fold((150, y + 12), (152, y + 40), (150, y + 62), colour=tone)
    return art


def body(c: Colour) -> Art:
    art = Art(stands=False)
    for n, tone in enumerate((rgb("#e9d8c4"), rgb("#bcd3c6"), rgb("#f2c9c4"))):
        x, y = 96 + n * 54, 120 + n * 62
        art.shape(
            [
                (x - 16, y - 40),
                (x + 16, y - 40),
                (x + 46, y - 22),
                (x + 38, y - 2),
                (x + 26, y - 8),
                (x + 28, y + 44),
                (x + 10, y + 66),
                (x - 10, y + 66),
                (x - 28, y + 44),
                (x - 26, y - 8),
                (x - 38, y - 2),
                (x - 46, y - 22),
            ],
            tone,
        )
        art.blob([(x - 14, y - 41), (x + 14, y - 41), (x, y - 28)], lit(tone, 0.7), "flat")
    return art
