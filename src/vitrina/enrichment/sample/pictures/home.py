"""Kitchen, textiles, light and appliances."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb
from vitrina.lib.outlines import mirrored, smooth

WHITE, DARK, STEEL, OAK = rgb("#fbfaf7"), rgb("#2f3136"), rgb("#b9bfc6"), rgb("#c89a62")
GLASS, WARM = rgb("#d7e6ea"), rgb("#ffe3a3")


def pan(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(136, 226, 164, 372, DARK, "round", corner=12)
    art.oval(150, 352, 5, 8, WHITE, "flat")
    art.oval(150, 150, 112, 108, c, "down")
    art.oval(150, 150, 98, 94, lit(c, 0.78), "down")
    art.oval(150, 152, 80, 77, lit(c, 0.9), "down", edge=0.08)
    art.shine((92, 106), (120, 80), (150, 72), width=6, alpha=0.25)
    return art


def wok(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth(
            [
                (44, 200),
                (256, 200),
                (256, 200),
                (232, 270),
                (190, 310),
                (150, 318),
                (110, 310),
                (68, 270),
                (44, 200),
            ]
        ),
        rgb("#3a3b3f"),
        "round",
    )
    art.oval(150, 200, 106, 26, rgb("#55565b"), "down")
    art.oval(150, 204, 94, 20, rgb("#2c2d31"), "down")
    art.line([(250, 196), (284, 176), (292, 172)], OAK, 12)
    art.line([(50, 200), (28, 190), (26, 206), (48, 212)], rgb("#3a3b3f"), 7)
    return art


def pot(c: Colour) -> Art:
    art = Art()
    art.box(70, 206, 230, 322, c, "round", corner=18)
    for x in (58, 242):
        art.line(
            [
                (x + (10 if x < 150 else -10), 226),
                (x - (14 if x < 150 else -14), 226),
                (x - (14 if x < 150 else -14), 250),
                (x + (10 if x < 150 else -10), 250),
            ],
            lit(c, 0.75),
            9,
        )
    art.both([(0, 172), (56, 182), (84, 206), (84, 206)], lit(c, 1.05), "round")
    art.box(66, 200, 234, 212, lit(c, 0.8), "round", corner=5)
    art.oval(150, 166, 16, 10, DARK)
    art.shine((88, 224), (88, 304), width=7)
    return art


def saucepan(c: Colour) -> Art:
    art = Art()
    art.line([(208, 226), (260, 214), (290, 206)], DARK, 14)
    art.box(62, 210, 212, 318, STEEL, "metal", corner=16)
    art.oval(137, 212, 75, 15, lit(STEEL, 0.7), "down")
    art.blob([(60, 206), (52, 216), (66, 224)], lit(STEEL, 0.85))
    return art


def mug(c: Colour) -> Art:
    art = Art()
    art.line([(202, 214), (246, 216), (250, 262), (204, 288)], lit(c, 0.9), 14)
    art.box(84, 184, 212, 326, c, "round", corner=22)
    art.oval(148, 186, 64, 13, lit(c, 0.72), "down")
    art.oval(148, 189, 55, 9, rgb("#6a4630"), "down", edge=0)
    art.blob(
        [(126, 236), (134, 250), (148, 246), (162, 250), (170, 236), (174, 264), (148, 290), (122, 264)],
        rgb("#d96a2b"),
        "flat",
        edge=0.1,
    )
    art.blob([(148, 290), (128, 268), (148, 262), (168, 268)], WHITE, "flat", edge=0)
    for x in (138, 158):
        art.oval(x, 262, 2.6, 2.8, DARK, "flat", edge=0)
    art.oval(148, 284, 3.4, 2.6, DARK, "flat", edge=0)
    return art


def bowl(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth(
            [
                (60, 214),
                (240, 214),
                (240, 214),
                (226, 274),
                (190, 312),
                (150, 316),
                (110, 312),
                (74, 274),
                (60, 214),
            ]
        ),
        c,
        "round",
    )
    art.oval(150, 214, 90, 22, lit(c, 1.2), "down")
    art.oval(150, 219, 78, 16, lit(c, 0.7), "down")
    art.box(120, 310, 180, 322, lit(c, 0.75), "round", corner=4)
    return art


def glass_bowl(c: Colour) -> Art:
    return bowl(GLASS)


def tumbler(c: Colour) -> Art:
    art = Art()
    art.both([(54, 130), (52, 160), (44, 250), (38, 332), (30, 340), (0, 341), (0, 130)], c, "round")
    art.box(92, 104, 208, 136, lit(c, 0.7) if sum(c) > 200 else rgb("#55565c"), "round", corner=8)
    art.box(100, 186, 200, 206, STEEL, "metal", corner=1)
    art.box(160, 92, 184, 106, DARK, "round", corner=4)
    art.shine((112, 222), (116, 320), width=5, alpha=0.25)
    return art


def thermos(c: Colour) -> Art:
    art = Art()
    art.box(104, 128, 196, 342, STEEL, "metal", corner=12)
    art.box(110, 58, 190, 134, DARK, "metal", corner=8)
    art.box(104, 178, 196, 190, lit(STEEL, 0.6), "metal", corner=1)
    art.line([(194, 170), (232, 176), (232, 250), (196, 256)], DARK, 8)
    return art


def glasses(c: Colour) -> Art:
    art = Art()
    for x in (100, 202):
        art.both(
            [(42, 160), (40, 200), (32, 300), (26, 332), (0, 334), (0, 160)],
            GLASS,
            "round",
            axis=x,
            alpha=0.6,
        )
        art.both(
            [(38, 214), (36, 240), (30, 304), (24, 324), (0, 326), (0, 214)],
            rgb("#b98254"),
            "round",
            axis=x,
            alpha=0.92,
        )
        art.both([(38, 196), (38, 222), (0, 226), (0, 192)], rgb("#f3e6d4"), "round", axis=x)
        art.oval(x, 161, 42, 8, WHITE, "down", alpha=0.7)
    return art


def plates(c: Colour) -> Art:
    art = Art()
    for n in range(6):
        y = 320 - n * 15
        art.oval(150, y, 112, 26, lit(rgb("#e7e4dc"), 1.0 - n * 0.01), "down")
    art.oval(150, 240, 112, 28, rgb("#f1eee7"), "down")
    art.oval(150, 242, 80, 18, rgb("#dfdbd1"), "down", edge=0.1)
    return art


def knife(c: Colour) -> Art:
    art = Art(stands=False)
    art.shape(
        smooth([(136, 40), (136, 40), (172, 120), (176, 220), (176, 220), (136, 220), (136, 220)]),
        rgb("#cfd5da"),
        "metal",
    )
    art.fold((140, 60), (158, 130), (162, 218), colour=STEEL, width=1.2)
    art.box(134, 218, 168, 234, STEEL, "metal", corner=2)
    art.box(136, 232, 166, 364, rgb("#4a3428"), "round", corner=10)
    for y in (258, 298, 338):
        art.oval(151, y, 4, 4, STEEL, "flat")
    return art


def board(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(70, 62, 230, 340, OAK, "cloth", corner=16)
    for n in range(9):
        art.fold((84 + n * 17, 74), (80 + n * 18, 200), (86 + n * 17, 330), colour=OAK, width=1.5, alpha=0.22)
    art.oval(150, 88, 15, 11, lit(OAK, 0.45), "flat")
    return art


def containers(c: Colour) -> Art:
    art = Art()
    for x, top, inside in (
        (76, 188, "#caa06a"),
        (134, 150, "#e9dcc0"),
        (190, 210, "#8d5a3b"),
        (240, 236, "#d8c3a5"),
    ):
        art.box(x - 26, top, x + 26, 330, GLASS, "round", corner=8, alpha=0.7)
        art.box(x - 23, top + 34, x + 23, 326, rgb(inside), "round", corner=6, edge=0.08)
        art.box(x - 28, top - 14, x + 28, top + 8, OAK, "round", corner=4)
    return art


def basket(c: Colour) -> Art:
    art = Art()
    art.line([(96, 200), (100, 130), (150, 108), (200, 130), (204, 200)], lit(OAK, 0.8), 9)
    art.shape(
        smooth(
            [
                (70, 198),
                (230, 198),
                (230, 198),
                (222, 270),
                (206, 326),
                (206, 326),
                (94, 326),
                (94, 326),
                (78, 270),
            ]
        ),
        rgb("#c7a76c"),
        "round",
    )
    for n in range(8):
        art.fold(
            (72 + n, 214 + n * 15),
            (150, 222 + n * 15),
            (228 - n, 214 + n * 15),
            colour=OAK,
            width=3,
            alpha=0.4,
        )
    for n in range(12):
        art.fold((78 + n * 13, 204), (84 + n * 12, 322), colour=OAK, width=1.6, alpha=0.3)
    art.box(66, 190, 234, 206, lit(OAK, 0.95), "round", corner=7)
    return art


def organiser(c: Colour) -> Art:
    art = Art()
    art.shape([(60, 220), (240, 220), (240, 326), (60, 326)], c, "cloth")
    art.shape([(60, 220), (96, 176), (204, 176), (240, 220)], lit(c, 0.72), "down")
    for x in (105, 150, 195):
        art.line([(x, 220), (150 + (x - 150) * 0.62, 178)], lit(c, 1.1), 3, curved=False)
    art.box(126, 262, 174, 282, lit(c, 0.7), corner=8)
    return art


def mop(c: Colour) -> Art:
    art = Art()
    art.line([(236, 40), (196, 190), (172, 262)], STEEL, 7)
    art.shape([(70, 236), (210, 236), (198, 334), (82, 334)], rgb("#7fb0c9"), "round")
    art.oval(140, 238, 70, 14, rgb("#4f7f99"), "down")
    art.box(128, 214, 206, 240, DARK, "round", corner=6)
    for n in range(9):
        art.line([(138 + n * 7, 230), (134 + n * 8, 258)], WHITE, 5)
    return art


def lamp(c: Colour) -> Art:
    art = Art()
    art.oval(150, 324, 56, 12, DARK, "down")
    art.line([(150, 318), (112, 220), (112, 220), (176, 126)], DARK, 6, curved=False)
    art.oval(112, 220, 7, 7, STEEL)
    art.shape(
        smooth([(150, 124), (186, 96), (226, 122), (226, 122), (200, 164), (200, 164)]),
        lit(DARK, 1.2),
        "round",
    )
    art.shape([(226, 124), (200, 164), (196, 240), (290, 200)], WARM, "flat", alpha=0.35, edge=0)
    return art


def floor_lamp(c: Colour) -> Art:
    art = Art()
    art.line([(150, 340), (150, 120)], OAK, 6, curved=False)
    art.oval(150, 344, 52, 10, OAK, "down")
    art.oval(150, 250, 70, 12, OAK, "down")
    art.shape([(112, 64), (188, 64), (214, 148), (86, 148)], rgb("#f3e7d3"), "round")
    art.shape([(86, 148), (214, 148), (206, 180), (94, 180)], WARM, "flat", alpha=0.35, edge=0)
    return art


def garland(c: Colour) -> Art:
    art = Art(stands=False)
    for row in range(5):
        y = 70 + row * 62
        path = [(30, y), (90, y + 40), (150, y + 10), (210, y + 46), (272, y + 4)]
        art.line(path, rgb("#b88a4a"), 1.6)
        for n, (x, at) in enumerate(smooth(path, closed=False, steps=3)):
            art.oval(x, at + 3, 9, 9, WARM, "flat", alpha=0.4, edge=0)
            art.oval(x, at + 3, 3.6, 3.6, rgb("#ffd36b") if n % 2 else rgb("#fff1c9"), "flat")
    return art


def night_light(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth(mirrored([(0, 130), (54, 146), (78, 200), (74, 260), (74, 260), (0, 262)], 150)),
        rgb("#3b4a7a"),
        "round",
    )
    for n, (x, y) in enumerate(
        ((120, 170), (168, 160), (186, 206), (112, 222), (150, 200), (140, 240), (196, 242))
    ):
        art.oval(x, y, 4 if n % 2 else 6, 4 if n % 2 else 6, WARM, "flat", edge=0)
    art.box(82, 258, 218, 330, WHITE, "round", corner=18)
    art.oval(150, 298, 10, 10, rgb("#8fa4d8"), "down")
    return art


def kettle(c: Colour) -> Art:
    art = Art()
    art.line([(206, 150), (252, 150), (256, 230), (222, 290)], DARK, 13)
    art.both(
        [(50, 146), (56, 190), (66, 280), (64, 312), (64, 312), (0, 312), (0, 146)],
        GLASS,
        "round",
        alpha=0.75,
    )
    art.both(
        [(58, 218), (64, 280), (62, 306), (0, 306), (0, 218)], rgb("#a9d3e6"), "round", alpha=0.6, edge=0.05
    )
    art.shape([(102, 150), (74, 158), (98, 188)], GLASS, "round", alpha=0.9)
    art.box(96, 126, 206, 152, DARK, "round", corner=10)
    art.oval(150, 124, 14, 8, STEEL)
    art.box(80, 308, 222, 338, DARK, "round", corner=10)
    art.shine((112, 170), (104, 296), width=6, alpha=0.5)
    return art


def grinder(c: Colour) -> Art:
    art = Art()
    art.line([(150, 104), (220, 92), (232, 92)], STEEL, 6)
    art.oval(236, 86, 12, 12, OAK)
    art.box(112, 116, 188, 222, STEEL, "metal", corner=8)
    art.box(118, 100, 182, 120, DARK, "round", corner=8)
    art.box(116, 218, 184, 336, GLASS, "round", corner=12, alpha=0.8)
    art.box(120, 276, 180, 332, rgb("#4a2f1f"), "round", corner=10, edge=0.05)
    return art


def scales(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(66, 84, 234, 326, rgb("#e9ecee"), "cloth", corner=18)
    art.box(110, 262, 190, 304, rgb("#9fb3a6"), "down", corner=6)
    for n in range(3):
        art.line([(128 + n * 20, 274), (128 + n * 20, 292)], DARK, 4, curved=False)
    art.oval(150, 172, 68, 66, WHITE, "down", edge=0.1)
    return art


def blender(c: Colour) -> Art:
    art = Art()
    art.box(92, 60, 132, 190, DARK, "round", corner=16)
    art.box(102, 186, 122, 290, STEEL, "metal", corner=4)
    art.both([(20, 288), (24, 318), (0, 320), (0, 282)], STEEL, "metal", axis=112)
    art.oval(112, 96, 8, 12, rgb("#d6553f"))
    art.both([(46, 190), (42, 240), (38, 326), (0, 328), (0, 190)], GLASS, "round", axis=208, alpha=0.7)
    art.box(158, 178, 258, 194, DARK, "round", corner=6)
    return art


def toaster(c: Colour) -> Art:
    art = Art()
    for x in (104, 156):
        art.box(x, 150, x + 44, 220, rgb("#d9a662"), "down", corner=12)
    art.box(58, 194, 242, 326, c, "metal", corner=26)
    art.box(96, 198, 206, 206, DARK, "flat", corner=3)
    art.box(236, 226, 250, 250, DARK, corner=4)
    art.oval(206, 288, 12, 12, DARK)
    return art
