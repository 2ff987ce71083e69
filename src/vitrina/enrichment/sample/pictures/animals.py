"""For cats and dogs."""

from __future__ import annotations

from vitrina.enrichment.sample.pictures.kit import Art, Colour, lit, rgb
from vitrina.lib.outlines import smooth

WHITE, DARK, STEEL = rgb("#fbfaf7"), rgb("#2f3136"), rgb("#b9bfc6")


def bag(c: Colour) -> Art:
    art = Art()
    art.both([(72, 92), (76, 110), (80, 220), (84, 330), (84, 330), (0, 338), (0, 92)], c, "round")
    art.box(76, 80, 224, 104, lit(c, 0.82), "round", corner=2)
    art.oval(150, 200, 50, 50, rgb("#f6efe2"), "flat", edge=0.05)
    art.oval(150, 216, 20, 16, lit(c, 0.55), "flat", edge=0)
    for x, y in ((124, 192), (140, 178), (160, 178), (176, 192)):
        art.oval(x, y, 8, 10, lit(c, 0.55), "flat", edge=0)
    for n in range(3):
        art.line(
            [(110 + n * 12, 276 + n * 12), (190 - n * 12, 276 + n * 12)], WHITE, 3, alpha=0.8, curved=False
        )
    return art


def scratcher(c: Colour) -> Art:
    art = Art()
    art.box(70, 312, 230, 336, rgb("#8d7b68"), "down", corner=6)
    art.box(124, 96, 176, 314, rgb("#d8bb8a"), "round", corner=4)
    for n in range(18):
        art.fold(
            (124, 104 + n * 12), (150, 109 + n * 12), (176, 104 + n * 12), colour=rgb("#d8bb8a"), width=1.6
        )
    art.box(96, 78, 204, 100, rgb("#8d7b68"), "down", corner=8)
    art.line([(196, 98), (204, 150)], DARK, 1.6)
    art.oval(205, 162, 13, 13, rgb("#e2a0a8"))
    return art


def pet_bed(c: Colour) -> Art:
    art = Art()
    art.oval(150, 266, 122, 66, c, "down")
    art.oval(150, 252, 92, 42, lit(c, 0.62), "down")
    art.oval(150, 262, 84, 34, rgb("#efe6d8"), "down", edge=0.08)
    art.fold((90, 262), (150, 276), (208, 260), colour=rgb("#efe6d8"), width=2)
    return art


def leash(c: Colour) -> Art:
    art = Art()
    art.shape(
        smooth([(64, 170), (116, 128), (190, 140), (216, 200), (196, 268), (120, 280), (66, 240)]),
        rgb("#3e6fb0"),
        "round",
    )
    art.shape(smooth([(88, 190), (130, 160), (160, 176), (156, 216), (120, 240), (88, 226)]), WHITE, "flat")
    art.box(170, 178, 196, 200, rgb("#e2a53a"), corner=6)
    art.line([(206, 244), (250, 270), (230, 320), (256, 346)], DARK, 5)
    art.oval(260, 354, 9, 11, STEEL, "metal")
    return art


def harness(c: Colour) -> Art:
    art = Art(stands=False)
    tone = rgb("#d0643f")
    art.line(
        [(90, 96), (62, 180), (90, 280), (150, 320), (210, 280), (238, 180), (210, 96), (150, 76), (92, 94)],
        DARK,
        19,
    )
    art.both([(44, 150), (64, 196), (48, 262), (0, 276), (0, 140)], tone)
    art.both([(34, 162), (50, 198), (38, 250), (0, 262), (0, 154)], lit(tone, 1.1), edge=0.05)
    art.line([(118, 208), (150, 196), (182, 208)], DARK, 10)
    art.oval(150, 148, 12, 12, STEEL, "metal")
    for x in (72, 228):
        art.box(x - 13, 200, x + 13, 230, DARK, "round", corner=4)
    return art
