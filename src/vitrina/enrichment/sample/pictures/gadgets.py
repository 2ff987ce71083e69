"""What is charged, listened to or dried with."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb
from vitrina.lib.outlines import mirrored, smooth

WHITE, DARK, STEEL, BLUE = rgb("#fbfaf7"), rgb("#2f3136"), rgb("#b9bfc6"), rgb("#3e6fb0")


def earbuds(c: Colour) -> Art:
    art = Art()
    art.box(74, 214, 226, 328, c, "round", corner=40)
    art.shape(
        smooth([(78, 214), (86, 150), (150, 136), (214, 150), (222, 214), (222, 214), (78, 214), (78, 214)]),
        lit(c, 0.92),
        "down",
    )
    art.shape(smooth([(94, 208), (100, 166), (150, 154), (200, 166), (206, 208)]), lit(c, 0.6), "down")
    for x, side in ((120, -1), (180, 1)):
        art.box(x - 8, 196, x + 8, 262, c, "round", corner=8)
        art.oval(x - side * 4, 194, 19, 17, lit(c, 1.05), "down")
        art.oval(x - side * 12, 192, 6, 7, lit(c, 0.45), "flat")
    art.oval(150, 292, 3, 3, rgb("#62c48a"), "flat", edge=0)
    return art


def headphones(c: Colour, *, microphone: bool = False) -> Art:
    art = Art()
    art.line([(76, 236), (72, 150), (110, 88), (150, 78), (190, 88), (228, 150), (224, 236)], c, 15)
    art.line([(100, 110), (150, 90), (200, 110)], lit(c, 1.3), 5, alpha=0.5)
    for x, side in ((84, 1), (216, -1)):
        art.box(x - 26, 206, x + 26, 312, c, "round", corner=24)
        art.box(x - 12 + side * 24, 212, x + 12 + side * 24, 306, lit(c, 0.6), "round", corner=12)
    if microphone:
        art.line([(76, 300), (96, 346), (150, 352)], DARK, 5)
        art.oval(158, 352, 12, 8, DARK)
        art.line([(62, 224), (62, 294)], rgb("#56c2b8"), 4)
    else:
        art.line([(84, 312), (88, 350), (130, 362), (190, 352)], DARK, 4)
    return art


def headset(c: Colour) -> Art:
    return headphones(DARK, microphone=True)


def speaker(c: Colour) -> Art:
    art = Art()
    art.box(54, 168, 246, 322, c, "round", corner=44)
    for x in (104, 196):
        art.oval(x, 246, 36, 44, lit(c, 0.6), "down")
        art.oval(x, 246, 24, 30, lit(c, 0.8), "down")
        art.oval(x, 246, 9, 11, lit(c, 0.5), "down")
    art.line([(96, 170), (110, 138), (190, 138), (204, 170)], DARK, 8)
    for x in (136, 150, 164):
        art.oval(x, 186, 3.6, 3.6, WHITE, "flat", alpha=0.8, edge=0)
    return art


def charger(c: Colour) -> Art:
    art = Art()
    for x in (128, 172):
        art.line([(x, 120), (x, 176)], STEEL, 8, curved=False)
    art.box(86, 170, 214, 326, WHITE, "round", corner=18)
    for y in (206, 240, 274):
        art.box(128, y, 172, y + 14, DARK, "flat", corner=7)
    return art


def pad(c: Colour) -> Art:
    art = Art(stands=False)
    art.line([(150, 270), (150, 330), (196, 380)], DARK, 5)
    art.oval(150, 180, 100, 96, DARK, "down")
    art.oval(150, 178, 88, 84, lit(DARK, 1.15), "down")
    art.line([(150, 130), (136, 182), (164, 178), (148, 228)], rgb("#7fd3a8"), 5, curved=False)
    return art


def power_bank(c: Colour) -> Art:
    art = Art()
    art.box(92, 108, 208, 336, DARK, "round", corner=20)
    art.box(100, 116, 200, 328, lit(DARK, 1.12), "cloth", corner=14, edge=0.05)
    art.box(122, 110, 144, 120, STEEL, "flat", corner=3)
    art.box(158, 110, 178, 120, STEEL, "flat", corner=5)
    for n in range(4):
        art.oval(128 + n * 15, 306, 3.4, 3.4, rgb("#7fd3f0") if n < 3 else STEEL, "flat", edge=0)
    return art


def cable(c: Colour) -> Art:
    art = Art(stands=False)
    for n in range(3):
        r = 100 - n * 13
        art.hoop(150, 200, r, r, DARK, 8)
        art.hoop(150, 199, r, r, lit(DARK, 1.35), 2, alpha=0.5)
    for y in (140, 236):
        art.box(134, y, 166, y + 22, rgb("#6c7076"), "round", corner=4)
    for x, side in ((118, -1), (182, 1)):
        art.line([(150, 250), (x, 300)], DARK, 8)
        art.line([(x, 300), (x + side * 6, 330)], DARK, 17, curved=False)
        art.line([(x + side * 7, 338), (x + side * 10, 352)], STEEL, 11, curved=False)
    return art


def hub(c: Colour) -> Art:
    art = Art()
    art.line([(92, 244), (52, 236), (40, 190)], DARK, 8)
    art.box(30, 150, 52, 196, STEEL, "metal", corner=5)
    art.shape([(96, 214), (262, 214), (270, 262), (88, 262)], lit(STEEL, 1.1), "down")
    art.box(88, 260, 270, 296, STEEL, "metal", corner=6)
    for n in range(4):
        art.box(102 + n * 42, 270, 130 + n * 42, 284, DARK, "flat", corner=3)
    return art


def phone_case(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(92, 52, 208, 340, c, "cloth", corner=26)
    art.box(98, 58, 202, 334, lit(c, 0.94), "cloth", corner=22, edge=0.08)
    art.box(104, 66, 152, 130, lit(c, 0.5), "flat", corner=16)
    for y in (84, 112):
        art.oval(122, y, 11, 11, DARK, "down")
        art.oval(122, y, 5, 5, BLUE, "down", edge=0)
    art.box(206, 128, 211, 166, lit(c, 0.8), corner=2)
    return art


def screen_glass(c: Colour) -> Art:
    art = Art(stands=False)
    for dx in (-34, 30):
        art.box(96 + dx, 58, 208 + dx, 334, rgb("#d9e8ee"), "cloth", corner=20, alpha=0.75)
        art.box(128 + dx, 66, 176 + dx, 74, DARK, "flat", corner=4)
        art.shine((112 + dx, 190), (176 + dx, 96), width=9, alpha=0.5)
    return art


def watch(c: Colour) -> Art:
    art = Art(stands=False)
    art.shape(smooth([(118, 134), (182, 134), (182, 134), (174, 40), (168, 26), (132, 26), (126, 40)]), c)
    art.shape(smooth([(118, 262), (182, 262), (182, 262), (174, 356), (166, 374), (134, 374), (126, 356)]), c)
    for n in range(5):
        art.oval(150, 304 + n * 13, 3, 3, lit(c, 0.45), "flat", edge=0)
    art.box(98, 126, 202, 270, lit(DARK, 1.1), "metal", corner=30)
    art.box(106, 134, 194, 262, rgb("#10131a"), "flat", corner=24)
    for r, tone in ((34, "#e0617b"), (26, "#7fd36b"), (18, "#5fb7e8")):
        art.hoop(150, 212, r, r, rgb(tone), 5)
    art.line([(126, 156), (174, 156)], WHITE, 5, curved=False)
    art.box(201, 174, 208, 200, STEEL, corner=3)
    return art


def strap(c: Colour) -> Art:
    art = Art(stands=False)
    art.shape(smooth([(96, 56), (136, 56), (136, 56), (132, 240), (128, 340), (104, 340), (100, 240)]), c)
    art.shape(smooth([(166, 56), (206, 56), (206, 56), (200, 180), (198, 240), (174, 240), (170, 180)]), c)
    for n in range(8):
        art.oval(116, 214 + n * 14, 3.2, 4.4, lit(c, 0.5), "flat", edge=0)
    art.box(164, 232, 208, 262, STEEL, "metal", corner=6)
    return art


def mouse(c: Colour) -> Art:
    art = Art(stands=False)
    art.both([(36, 92), (62, 150), (66, 230), (48, 306), (0, 324), (0, 84)], c, "round")
    art.line([(150, 88), (150, 176)], lit(c, 0.6), 2)
    art.fold((88, 186), (150, 174), (212, 186), colour=c, width=2)
    art.box(143, 116, 157, 152, DARK, "round", corner=7)
    return art


def keyboard(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(26, 130, 274, 268, lit(DARK, 1.1), "down", corner=10)
    tones = (rgb("#e9e6df"), rgb("#8fa9c4"), rgb("#e2a15e"))
    for row in range(5):
        for n in range(12):
            tone = tones[1] if n in (0, 11) else tones[0]
            art.box(
                34 + n * 19.6,
                138 + row * 25,
                51 + n * 19.6,
                160 + row * 25,
                tones[2] if (row, n) == (0, 0) else tone,
                "down",
                corner=4,
            )
    return art


def desk_mat(c: Colour) -> Art:
    art = Art(stands=False)
    art.box(20, 140, 280, 260, rgb("#39424e"), "cloth", corner=10)
    art.line([(36, 236), (110, 190), (180, 220), (264, 160)], rgb("#5fb7b0"), 6, alpha=0.7)
    art.line([(36, 250), (120, 214), (190, 240), (264, 186)], rgb("#d98a5f"), 4, alpha=0.7)
    return art


def dryer(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth([(136, 190), (186, 190), (186, 190), (196, 330), (184, 344), (152, 344), (144, 330)]),
        lit(DARK, 1.1),
        "round",
    )
    art.box(66, 112, 226, 202, lit(DARK, 1.1), "down", corner=44)
    art.box(36, 126, 84, 188, STEEL, "metal", corner=6)
    art.oval(212, 157, 26, 36, rgb("#c9a17a"), "down")
    art.oval(212, 157, 16, 24, DARK, "down")
    art.box(160, 226, 174, 262, rgb("#c9a17a"), corner=4)
    art.line([(168, 344), (172, 372), (220, 384)], DARK, 6)
    return art


def straightener(c: Colour) -> Art:
    art = Art(stands=False)
    art.shape(
        smooth([(128, 40), (146, 40), (146, 40), (150, 220), (140, 340), (122, 340), (118, 220)]),
        DARK,
        "round",
    )
    art.shape(
        smooth([(166, 46), (184, 50), (184, 50), (176, 220), (158, 338), (146, 330), (152, 220)]),
        lit(DARK, 1.15),
        "round",
    )
    art.box(140, 48, 150, 176, rgb("#c9a17a"), "flat", corner=3)
    art.line([(136, 340), (140, 372), (196, 388)], DARK, 5)
    return art


def adapter(c: Colour) -> Art:
    art = Art(stands=False)
    art.line([(96, 120), (150, 170), (140, 240), (206, 284)], WHITE, 11)
    art.line([(96, 120), (150, 170), (140, 240), (206, 284)], STEEL, 2, alpha=0.5)
    art.line([(92, 116), (66, 92)], WHITE, 22, curved=False)
    art.line([(62, 88), (52, 78)], STEEL, 12, curved=False)
    art.line([(210, 288), (236, 310)], WHITE, 24, curved=False)
    art.oval(240, 313, 6, 6, DARK, "flat")
    return art


def car_charger(c: Colour) -> Art:
    art = Art()
    art.box(104, 116, 196, 204, DARK, "round", corner=18)
    art.box(118, 130, 182, 144, BLUE, "flat", corner=6)
    art.both([(40, 200), (34, 300), (18, 322), (0, 326), (0, 200)], lit(DARK, 1.15), "round")
    art.oval(150, 328, 9, 10, STEEL)
    return art


def headlamp(c: Colour) -> Art:
    art = Art()
    art.line(
        [(60, 210), (96, 140), (204, 140), (240, 210), (204, 262), (96, 262), (62, 214)], rgb("#d6553f"), 18
    )
    art.shape(smooth(mirrored([(50, 186), (58, 240), (44, 300), (0, 308), (0, 178)], 150)), DARK, "round")
    art.oval(150, 244, 36, 36, STEEL, "metal")
    art.oval(150, 244, 26, 26, rgb("#fff4cf"), "down")
    art.oval(150, 244, 9, 9, WHITE, "flat", edge=0)
    return art
