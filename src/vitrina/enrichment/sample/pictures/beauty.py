"""What stands in a bathroom, on a shelf of vitamins, or in a larder: jars, tubes, bottles, bags and boxes."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb

WHITE, DARK, GOLD, GLASS = rgb("#fbfaf7"), rgb("#2b2b30"), rgb("#c9a227"), rgb("#dfe9ec")


def jar(c: Colour) -> Art:
    art = Art()
    art.box(78, 214, 222, 322, WHITE if sum(c) < 560 else c, "round", corner=20)
    art.box(78, 232, 222, 296, c, "round", corner=2, edge=0.05)
    art.label(112, 236, 188, 292, WHITE if sum(c) < 420 else lit(c, 0.45))
    art.box(74, 172, 226, 222, lit(c, 0.9), "round", corner=10)
    art.oval(150, 177, 74, 8, lit(c, 1.15), "flat", edge=0.05)
    return art


def tube(c: Colour) -> Art:
    art = Art()
    art.blob(
        [
            (98, 70),
            (202, 70),
            (202, 70),
            (196, 200),
            (184, 286),
            (184, 286),
            (116, 286),
            (116, 286),
            (104, 200),
        ],
        c,
        "round",
    )
    art.box(94, 62, 206, 80, lit(c, 0.92), "round", corner=3)
    art.label(116, 112, 184, 236, lit(c, 0.4), None)
    art.box(112, 286, 188, 330, WHITE if sum(c) < 600 else lit(c, 0.8), "round", corner=6)
    return art


def dropper(c: Colour) -> Art:
    art = Art()
    art.box(102, 188, 198, 330, c, "round", corner=14, alpha=0.92)
    art.box(126, 160, 174, 194, lit(c, 0.85), "round", corner=8)
    art.box(122, 128, 178, 168, GOLD, "metal", corner=4)
    art.both([(12, 78), (17, 100), (16, 128), (16, 128), (0, 128), (0, 72)], DARK, "round")
    art.label(112, 224, 188, 306, lit(c, 0.35), WHITE)
    art.shine((112, 204), (112, 312), width=4)
    return art


def ampoules(c: Colour) -> Art:
    art = Art()
    for n in range(7):
        x, y = 60 + n * 30, 200 + (n % 2) * 18
        art.both(
            [(5, y - 66), (6, y - 40), (11, y - 24), (12, y + 70), (9, y + 84), (0, y + 86), (0, y - 70)],
            c,
            "round",
            axis=x,
            alpha=0.85,
        )
        art.box(x - 12, y + 6, x + 12, y + 50, WHITE, "round", corner=1, edge=0.05)
    return art


def pump(c: Colour) -> Art:
    art = Art()
    art.box(92, 158, 208, 334, c, "round", corner=22)
    art.label(106, 196, 194, 306, lit(c, 0.4), WHITE)
    art.box(128, 132, 172, 162, DARK, "round", corner=5)
    art.box(143, 98, 157, 136, DARK, "round", corner=2)
    art.blob([(96, 84), (106, 78), (176, 78), (180, 92), (170, 102), (118, 100), (104, 104), (104, 96)], DARK)
    art.shine((104, 180), (104, 320), width=5)
    return art


def bottle(c: Colour) -> Art:
    art = Art()
    art.both(
        [(17, 118), (20, 140), (48, 170), (54, 210), (54, 318), (46, 334), (0, 336), (0, 118)],
        c,
        "round",
        alpha=0.95,
    )
    art.box(126, 84, 174, 126, WHITE if sum(c) < 600 else lit(c, 0.6), "round", corner=5)
    art.label(106, 200, 194, 306, lit(c, 0.4), WHITE)
    art.shine((106, 190), (104, 318), width=4)
    return art


def sachets(c: Colour) -> Art:
    art = Art(stands=False)
    for n, turn in enumerate((-34, -14, 8)):
        x = 92 + n * 40
        art.shape(
            [
                (x + turn * 0.3, 96 + n * 8),
                (x + 92 + turn * 0.3, 90 + n * 8),
                (x + 98, 300 + n * 6),
                (x + 4, 306 + n * 6),
            ],
            lit(c, 1 - n * 0.05),
        )
        art.box(x + 22, 150 + n * 8, x + 78, 252 + n * 8, WHITE, "flat", corner=20, edge=0.1)
        art.blob(
            [(x + 50, 170 + n * 8), (x + 66, 196 + n * 8), (x + 50, 226 + n * 8), (x + 34, 196 + n * 8)],
            lit(c, 0.7),
            "flat",
            edge=0,
        )
    return art


def lipstick(c: Colour) -> Art:
    art = Art()
    art.box(116, 250, 184, 334, DARK, "metal", corner=4)
    art.box(122, 196, 178, 254, GOLD, "metal", corner=2)
    art.shape([(130, 198), (130, 128), (140, 108), (170, 90), (170, 198)], c, "round")
    art.blob(
        [(130, 128), (140, 108), (169, 92), (168, 106), (146, 122)], lit(c, 1.25), "flat", edge=0, alpha=0.6
    )
    art.box(206, 176, 262, 334, DARK, "metal", corner=4)
    return art


def balm(c: Colour) -> Art:
    art = Art()
    art.box(116, 176, 184, 334, c, "round", corner=6)
    art.label(124, 206, 176, 306, WHITE)
    art.box(122, 138, 178, 180, WHITE, "round", corner=2)
    art.both([(22, 112), (24, 140), (0, 140), (0, 100), (14, 102)], rgb("#f4ead2"), "round")
    return art


def mascara(c: Colour) -> Art:
    art = Art()
    art.box(84, 180, 120, 336, DARK, "metal", corner=8)
    art.box(90, 246, 114, 320, GOLD, "metal", corner=2, alpha=0.8)
    art.box(180, 196, 214, 336, DARK, "metal", corner=8)
    art.box(192, 150, 202, 198, DARK, "round", corner=2)
    for n in range(22):
        art.line([(186 - (n % 2), 66 + n * 4), (208 + (n % 2), 64 + n * 4)], DARK, 1.8, curved=False)
    return art


def palette(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(46, 96, 254, 312, DARK, corner=12)
    art.box(54, 104, 246, 176, GLASS, "down", corner=6)
    art.shine((70, 166), (120, 112), width=10, alpha=0.4)
    tones = (
        "#f3dcc8",
        "#d9a98a",
        "#b5694d",
        "#7a3f33",
        "#e8b7b0",
        "#c77a86",
        "#8d4a5e",
        "#4f2b3a",
        "#e7d3a2",
        "#b98f4c",
        "#75603f",
        "#3a3230",
    )
    for n, tone in enumerate(tones):
        art.oval(80 + n % 4 * 47, 206 + n // 4 * 37, 18, 15, rgb(tone), "down")
    return art


def perfume(c: Colour) -> Art:
    art = Art()
    art.box(94, 170, 206, 330, c, "round", corner=12, alpha=0.8)
    art.box(106, 228, 194, 320, lit(c, 0.8), "round", corner=8, alpha=0.7, edge=0.05)
    art.box(132, 146, 168, 174, GOLD, "metal", corner=2)
    art.box(122, 84, 178, 150, DARK, "metal", corner=4)
    art.label(118, 214, 182, 286, lit(c, 0.35), WHITE)
    art.shine((106, 186), (106, 314), width=4, alpha=0.5)
    return art


def soap(c: Colour) -> Art:
    art = Art()
    art.box(76, 236, 224, 312, DARK if sum(c) < 300 else c, "down", corner=24)
    art.blob(
        [(80, 252), (110, 234), (190, 234), (220, 252), (190, 266), (110, 266)],
        lit(c, 1.25),
        "flat",
        edge=0.05,
    )
    art.label(126, 262, 174, 310, WHITE)
    for x, y, r in ((92, 216, 9), (112, 204, 14), (136, 218, 8), (196, 214, 12)):
        art.oval(x, y, r, r, rgb("#eef5f8"), "down", alpha=0.8)
    return art


def pills(c: Colour) -> Art:
    art = Art()
    art.box(96, 168, 204, 332, rgb("#f3efe6") if sum(c) > 600 else c, "round", corner=14)
    art.box(96, 206, 204, 300, WHITE, "round", corner=1, edge=0.08)
    art.box(96, 206, 204, 226, lit(c, 0.9), "round", corner=1, edge=0.04)
    art.label(112, 226, 188, 298, lit(c, 0.6))
    art.box(104, 122, 196, 174, WHITE, "round", corner=6)
    for n in range(9):
        art.fold((112 + n * 9.5, 130), (112 + n * 9.5, 168), colour=rgb("#c9c9c9"), width=1.2)
    for x, y in ((226, 318), (246, 326), (58, 322)):
        art.oval(x, y, 13, 7, c, "down")
    return art


def tub(c: Colour) -> Art:
    art = Art()
    art.box(76, 128, 224, 336, DARK, "round", corner=16)
    art.box(76, 176, 224, 308, c, "round", corner=1, edge=0.04)
    art.label(104, 184, 196, 300, WHITE if sum(c) < 500 else DARK)
    art.box(70, 88, 230, 136, DARK, "round", corner=10)
    art.shine((92, 150), (92, 320), width=5, alpha=0.2)
    return art


def pouch(c: Colour) -> Art:
    art = Art()
    art.both([(68, 78), (68, 100), (74, 200), (82, 300), (84, 336), (84, 336), (0, 340), (0, 78)], c, "round")
    art.box(80, 68, 220, 92, lit(c, 0.86), "round", corner=2)
    art.label(106, 140, 194, 262, lit(c, 0.4), rgb("#f6efe2"))
    art.fold((92, 300), (150, 312), (208, 300), colour=c, width=2)
    art.oval(150, 116, 6, 6, lit(c, 0.6), "flat")
    return art


def honey(c: Colour) -> Art:
    art = Art()
    art.both(
        [(54, 156), (66, 184), (68, 250), (64, 318), (50, 334), (0, 336), (0, 156)],
        rgb("#d98a1f"),
        "round",
        alpha=0.95,
    )
    art.box(92, 118, 208, 160, rgb("#e8d2a0"), "round", corner=8)
    art.label(104, 206, 196, 300, rgb("#8a5410"), rgb("#fff6e0"))
    art.shine((94, 186), (92, 310), width=6, alpha=0.45)
    return art


def snack(c: Colour) -> Art:
    art = Art()
    art.shape([(56, 214), (244, 214), (256, 330), (44, 330)], c, "down")
    art.shape([(56, 214), (244, 214), (232, 178), (68, 178)], lit(c, 0.7), "down")
    for n in range(6):
        art.box(74 + n * 26, 168 - (n % 2) * 6, 96 + n * 26, 216, lit(c, 1.15), "round", corner=3)
    art.label(104, 232, 196, 316, WHITE if sum(c) < 480 else DARK)
    return art
