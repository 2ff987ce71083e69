"""Toys, sport, garden, tools and animals."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb
from vitrina.lib.outlines import smooth

WHITE, DARK, STEEL, OAK, RED = rgb("#fbfaf7"), rgb("#2f3136"), rgb("#b9bfc6"), rgb("#c89a62"), rgb("#c8493a")


def boxed(c: Colour) -> Art:
    """A box with its picture: a puzzle, a set, a present."""
    art = Art()
    art.shape([(58, 140), (214, 126), (214, 326), (58, 336)], c, "cloth")
    art.shape([(214, 126), (250, 150), (250, 312), (214, 326)], lit(c, 0.66), "flat")
    art.shape([(58, 140), (214, 126), (250, 150), (96, 162)], lit(c, 1.25), "flat", alpha=0.0, edge=0)
    art.shape([(74, 168), (198, 158), (198, 292), (74, 300)], rgb("#cfe3ea"), "down", edge=0.05)
    art.shape(
        [(74, 270), (112, 214), (140, 254), (164, 206), (198, 262), (198, 292), (74, 300)],
        lit(c, 0.8),
        "flat",
        edge=0,
    )
    art.oval(170, 186, 11, 11, rgb("#f4d06b"), "flat", edge=0)
    for n in range(3):
        art.line([(90, 312 + n * 6), (150 - n * 16, 308 + n * 6)], WHITE, 2.4, alpha=0.8, curved=False)
    return art


def gift(c: Colour) -> Art:
    art = Art()
    art.box(72, 194, 228, 332, c, "cloth", corner=4)
    art.box(64, 170, 236, 206, lit(c, 1.1), "down", corner=4)
    art.box(138, 170, 162, 332, WHITE, "flat", corner=1)
    for side in (-1, 1):
        art.blob([(150, 170), (150 + side * 16, 134), (150 + side * 48, 128), (150 + side * 42, 158)], WHITE)
    return art


def colours_set(c: Colour) -> Art:
    art = Art()
    art.box(44, 214, 256, 330, WHITE, "down", corner=8)
    tones = ("#d6403f", "#e8863a", "#f1c945", "#7db84e", "#3c9d8a", "#3f7fc4", "#5b56b0", "#a24f9c")
    for row in range(2):
        for n, tone in enumerate(tones):
            x, y = 62 + n * 25, 196 + row * 62
            art.box(x - 10, y, x + 10, y + 52, rgb(tone), "round", corner=5)
            art.box(x - 7, y - 12, x + 7, y + 2, WHITE, "round", corner=3)
    return art


def pens(c: Colour) -> Art:
    art = Art()
    tones = (
        "#d6403f",
        "#e8863a",
        "#f1c945",
        "#7db84e",
        "#3c9d8a",
        "#3f7fc4",
        "#5b56b0",
        "#a24f9c",
        "#d96f8f",
    )
    for n, tone in enumerate(tones):
        x, y = 70 + n * 20, 110 + abs(n - 4) * 9
        art.shape(
            [(x - 8, y + 24), (x - 3, y), (x + 3, y), (x + 8, y + 24), (x + 8, y + 150), (x - 8, y + 150)],
            rgb(tone),
            "round",
        )
        art.box(x - 8, y + 60, x + 8, y + 140, WHITE, "round", corner=1, edge=0.05)
    art.box(52, 220, 248, 334, DARK, "down", corner=8)
    art.label(110, 240, 190, 322, WHITE)
    return art


def whale(c: Colour) -> Art:
    art = Art()
    art.blob(
        [
            (250, 200),
            (280, 160),
            (262, 150),
            (240, 166),
            (222, 148),
            (208, 160),
            (226, 206),
            (180, 196),
            (110, 190),
            (52, 226),
            (44, 276),
            (84, 318),
            (170, 324),
            (226, 290),
            (250, 240),
        ],
        rgb("#6f9cc4"),
    )
    art.blob(
        [(48, 272), (96, 286), (170, 290), (222, 286), (170, 322), (88, 318)],
        rgb("#eef3f5"),
        "down",
        edge=0.08,
    )
    art.blob([(150, 290), (178, 318), (196, 346), (160, 340), (138, 306)], rgb("#5c88b0"))
    art.oval(92, 258, 4.6, 5.4, DARK, "flat", edge=0)
    art.oval(106, 272, 8, 4.6, rgb("#e79aa2"), "flat", alpha=0.6, edge=0)
    art.line([(62, 278), (78, 286), (94, 284)], DARK, 2)
    return art


def bear(c: Colour) -> Art:
    art = Art()
    for x in (104, 196):
        art.oval(x, 100, 24, 23, c)
        art.oval(x, 102, 13, 12, lit(c, 1.3))
    art.oval(150, 266, 66, 68, c)
    art.oval(150, 276, 40, 44, lit(c, 1.3), edge=0.05)
    art.oval(150, 146, 64, 56, c)
    for x, y in ((84, 238), (216, 238)):
        art.oval(x, y, 24, 36, lit(c, 0.94))
    for x in (104, 196):
        art.oval(x, 328, 30, 22, c)
        art.oval(x, 330, 15, 11, lit(c, 1.3), edge=0.05)
    art.oval(150, 166, 27, 21, lit(c, 1.35), edge=0.05)
    art.oval(150, 156, 9, 7, DARK, "flat")
    for x in (126, 174):
        art.oval(x, 138, 5, 6, DARK, "flat", edge=0)
    art.line([(140, 174), (150, 179), (160, 174)], DARK, 2)
    for side in (-1, 1):
        art.blob([(150, 206), (150 + side * 32, 192), (150 + side * 34, 222)], RED)
    art.oval(150, 207, 8, 8, lit(RED, 0.8))
    return art


def ship(c: Colour) -> Art:
    art = Art()
    for x, top in ((112, 96), (172, 78)):
        art.line([(x, top), (x, 274)], OAK, 5, curved=False)
        art.blob(
            [
                (x + 3, top + 14),
                (x + 3, top + 14),
                (x + 54, top + 60),
                (x + 48, top + 110),
                (x + 3, top + 116),
                (x + 3, top + 116),
            ],
            rgb("#f1e7d2"),
        )
        art.blob(
            [(x - 3, top + 24), (x - 3, top + 24), (x - 34, top + 100), (x - 3, top + 112)], rgb("#e7dabd")
        )
    art.shape(
        smooth([(50, 262), (258, 262), (258, 262), (226, 314), (150, 322), (84, 314), (50, 262)]), OAK, "down"
    )
    for y in (276, 290, 304):
        art.fold((62, y), (150, y + 6), (240, y), colour=OAK)
    art.box(108, 320, 192, 334, lit(OAK, 0.6), "down", corner=3)
    return art


def mat(c: Colour) -> Art:
    art = Art()
    art.box(44, 232, 256, 322, c, "down", corner=8)
    art.oval(252, 277, 22, 45, lit(c, 0.85), "down")
    for r in (16, 11, 6):
        art.hoop(252, 277, r, r * 2, lit(c, 0.55), 2)
    for x in (96, 184):
        art.box(x, 228, x + 14, 326, lit(c, 0.55), "down", corner=3)
    return art


def dumbbells(c: Colour) -> Art:
    art = Art()
    for y in (192, 284):
        art.box(70, y + 12, 230, y + 26, STEEL, "down", corner=4)
        for x, tall in ((76, 36), (94, 46), (190, 46), (208, 36)):
            art.box(x, y + 19 - tall, x + 17, y + 19 + tall, DARK, "down", corner=4)
    return art


def bands(c: Colour) -> Art:
    art = Art(stands=False)
    for n, tone in enumerate(("#e7a6b3", "#d9a15c", "#7fae6b", "#5f8fc2", "#7a5f9e")):
        y = 80 + n * 52
        path = [
            (70, y + 20),
            (150, y),
            (230, y + 20),
            (234, y + 32),
            (150, y + 44),
            (66, y + 32),
            (70, y + 18),
        ]
        art.line(path, rgb(tone), 13)
    return art


def tent(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth([(30, 318), (70, 200), (150, 130), (230, 200), (270, 318), (270, 318), (30, 318), (30, 318)]),
        rgb("#5f8a5a"),
        "cloth",
    )
    art.shape(
        smooth(
            [(104, 318), (124, 220), (150, 172), (176, 220), (196, 318), (196, 318), (104, 318), (104, 318)]
        ),
        rgb("#35503a"),
        "down",
    )
    art.blob([(150, 172), (176, 220), (196, 318), (214, 318), (190, 226)], rgb("#e2b95c"))
    art.line([(40, 318), (78, 206), (150, 130), (222, 206), (262, 318)], rgb("#e2b95c"), 3)
    return art


def helmet(c: Colour) -> Art:
    art = Art()
    art.line([(92, 262), (120, 330), (150, 340), (196, 262)], DARK, 5)
    art.shape(
        smooth(
            [
                (44, 258),
                (56, 176),
                (116, 122),
                (190, 124),
                (248, 184),
                (258, 252),
                (258, 252),
                (150, 272),
                (44, 258),
            ]
        ),
        c,
        "cloth",
    )
    for x in (96, 138, 180):
        art.shape(
            smooth([(x, 234), (x + 4, 176), (x + 22, 146), (x + 30, 152), (x + 22, 190), (x + 20, 238)]),
            lit(c, 0.4) if sum(c) > 200 else rgb("#5a5d66"),
            "down",
        )
    art.fold((48, 256), (150, 268), (256, 250), colour=c, width=4)
    return art


def floor_pump(c: Colour) -> Art:
    art = Art()
    art.box(112, 64, 188, 82, DARK, "down", corner=8)
    art.line([(150, 82), (150, 140)], STEEL, 6, curved=False)
    art.box(136, 134, 164, 312, RED, "metal", corner=6)
    art.box(96, 310, 204, 330, DARK, "down", corner=5)
    art.oval(150, 288, 25, 25, WHITE, "down")
    art.line([(150, 288), (164, 274)], RED, 3, curved=False)
    art.line([(164, 304), (226, 290), (232, 180), (206, 130)], DARK, 6)
    return art


def hose(c: Colour) -> Art:
    art = Art(stands=False)
    for n in range(5):
        r = 108 - n * 13
        art.hoop(150, 190, r, r, rgb("#4f9460"), 12)
        art.hoop(150, 189, r, r, rgb("#e8d66a"), 2, alpha=0.8)
    art.line([(252, 210), (262, 290), (246, 340)], rgb("#4f9460"), 12)
    art.line([(244, 344), (236, 372)], rgb("#e0832f"), 18, curved=False)
    return art


def shears(c: Colour) -> Art:
    art = Art(stands=False)
    art.blob([(146, 180), (120, 120), (124, 60), (150, 48), (160, 120), (162, 176)], STEEL, "metal")
    art.blob([(150, 184), (184, 130), (182, 90), (170, 84), (156, 130), (142, 178)], lit(STEEL, 0.8), "metal")
    for side in (-1, 1):
        art.line([(150, 190), (150 + side * 34, 270), (150 + side * 30, 360)], RED if side < 0 else DARK, 19)
    art.oval(150, 184, 11, 11, DARK)
    return art


def drill(c: Colour) -> Art:
    art = Art()
    art.line([(46, 150), (92, 150)], STEEL, 7, curved=False)
    art.shape([(88, 134), (116, 126), (116, 174), (88, 166)], DARK, "down")
    art.box(112, 112, 236, 190, rgb("#2f8f83"), "down", corner=20)
    art.shape(
        smooth([(172, 184), (226, 184), (226, 184), (236, 270), (240, 290), (182, 290), (182, 280)]),
        DARK,
        "round",
    )
    art.box(160, 284, 258, 330, rgb("#2f8f83"), "down", corner=8)
    art.box(164, 194, 180, 220, RED, corner=5)
    for n in range(4):
        art.fold((196 + n * 9, 132), (196 + n * 9, 168), colour=rgb("#2f8f83"), width=3, alpha=0.6)
    return art


def jigsaw(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth([(66, 236), (70, 170), (120, 132), (220, 138), (250, 180), (246, 250), (246, 250), (66, 250)]),
        rgb("#2f8f83"),
        "down",
    )
    art.shape(smooth([(112, 190), (140, 164), (196, 166), (214, 188), (190, 206), (130, 208)]), WHITE, "flat")
    art.box(44, 264, 240, 282, STEEL, "metal", corner=3)
    art.box(84, 248, 120, 266, DARK, "down", corner=2)
    art.shape([(92, 282), (106, 282), (104, 346), (96, 352)], STEEL, "metal")
    return art


def toolbox(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(36, 84, 264, 330, DARK, "cloth", corner=16)
    art.box(48, 98, 252, 316, lit(DARK, 1.15), "down", corner=10)
    for n in range(8):
        art.oval(70 + n * 23, 124, 9, 9, STEEL, "metal")
        art.oval(70 + n * 23, 150, 7, 7, STEEL, "metal")
    for n, tone in enumerate((RED, OAK, rgb("#2f8f83"), rgb("#e2a53a"))):
        y = 184 + n * 32
        art.box(62, y, 122, y + 16, tone, "down", corner=7)
        art.line([(122, y + 8), (206 + n % 2 * 26, y + 8)], STEEL, 6, curved=False)
    return art


def tape(c: Colour) -> Art:
    art = Art()
    art.box(92, 168, 222, 326, rgb("#e2a53a"), "cloth", corner=40)
    art.oval(157, 244, 40, 40, DARK, "down")
    art.oval(157, 244, 25, 25, WHITE, "down")
    art.shape([(96, 306), (24, 312), (24, 326), (100, 326)], rgb("#f6e08a"), "down")
    for n in range(8):
        art.line([(34 + n * 8, 314), (34 + n * 8, 320)], DARK, 1.4, curved=False)
    return art


def shovel(c: Colour) -> Art:
    art = Art(stands=False)
    art.line([(150, 40), (150, 240)], OAK, 11, curved=False)
    art.line([(124, 36), (176, 36)], DARK, 13, curved=False)
    art.both([(24, 226), (44, 240), (46, 300), (30, 346), (0, 378), (0, 222)], STEEL, "metal")
    art.fold((150, 236), (150, 360), colour=STEEL, width=2)
    return art
