"""The inside of a car, and a wheel close by."""

from __future__ import annotations

import math

from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed, rgb
from vitrina.lib.outlines import Point, smooth

LEATHER, TRIM, STEEL = rgb("#2a2d33"), rgb("#3d424a"), rgb("#b4bac1")


def dashboard(canvas: Canvas) -> None:
    _windshield(canvas, 0.42)
    top = smooth([(-0.05, 0.46), (0.2, 0.41), (0.5, 0.43), (0.85, 0.42), (1.05, 0.47), (1.05, 1.05), (1.05, 1.05), (-0.05, 1.05), (-0.05, 1.05)])  # fmt: skip
    canvas.shape(top, TRIM, below=mixed(LEATHER, (0, 0, 0), 0.4))
    _panel(canvas, 0.4, 0.42, 0.66, 0.6, rgb("#101820"))
    for row, wide in enumerate((0.2, 0.14, 0.17)):
        y = 0.46 + row * 0.04
        canvas.shape(
            [(0.42, y), (0.42 + wide, y), (0.42 + wide, y + 0.012), (0.42, y + 0.012)],
            rgb("#5fa8d3"),
            alpha=0.85,
        )
    for x in (0.44, 0.53, 0.62):
        canvas.oval(x, 0.66, 0.022, mixed(STEEL, (0, 0, 0), 0.5))
        canvas.oval(x, 0.66, 0.015, LEATHER)
    for x in (0.74, 0.86):
        for slat in range(4):
            y = 0.52 + slat * 0.022
            canvas.shape(
                [(x, y), (x + 0.09, y), (x + 0.09, y + 0.011), (x, y + 0.011)], mixed(LEATHER, (0, 0, 0), 0.5)
            )
    _panel(canvas, 0.13, 0.4, 0.36, 0.54, rgb("#12171d"))
    for x in (0.19, 0.3):
        canvas.oval(x, 0.47, 0.042, STEEL)
        canvas.oval(x, 0.47, 0.038, rgb("#0e1318"))
        canvas.shape([(x, 0.476), (x + 0.028, 0.44), (x + 0.002, 0.466)], rgb("#d9433b"))
    _steering_wheel(canvas, 0.245, 0.72, 0.17)


def seats(canvas: Canvas) -> None:
    _windshield(canvas, 0.34)
    board = smooth(
        [
            (-0.05, 0.36),
            (0.3, 0.33),
            (0.7, 0.33),
            (1.05, 0.37),
            (1.05, 0.6),
            (1.05, 0.6),
            (-0.05, 0.6),
            (-0.05, 0.6),
        ]
    )
    canvas.shape(board, TRIM, below=LEATHER)
    canvas.sky([mixed(LEATHER, (0, 0, 0), 0.35), mixed(LEATHER, (0, 0, 0), 0.6)], 0.56, 1)
    _panel(canvas, 0.43, 0.37, 0.57, 0.5, rgb("#101820"))
    _steering_wheel(canvas, 0.25, 0.47, 0.09)
    canvas.shape(
        [(0.45, 0.56), (0.55, 0.56), (0.6, 1.02), (0.4, 1.02)], TRIM, below=mixed(TRIM, (0, 0, 0), 0.4)
    )
    canvas.oval(0.5, 0.68, 0.014, STEEL)
    leather = rgb("#8a6a4d")
    for middle in (0.22, 0.78):
        back = smooth([(middle - 0.16, 1.05), (middle - 0.15, 0.7), (middle - 0.1, 0.56), (middle + 0.1, 0.56), (middle + 0.15, 0.7), (middle + 0.16, 1.05), (middle + 0.16, 1.05), (middle - 0.16, 1.05)])  # fmt: skip
        canvas.shape(back, leather, below=mixed(leather, (0, 0, 0), 0.45))
        rest = smooth(
            [(middle - 0.07, 0.54), (middle - 0.06, 0.43), (middle + 0.06, 0.43), (middle + 0.07, 0.54)]
        )
        canvas.shape(rest, mixed(leather, (255, 255, 255), 0.08), below=mixed(leather, (0, 0, 0), 0.3))
        for stitch in range(4):
            y = 0.66 + stitch * 0.09
            canvas.shape([(middle - 0.1, y), (middle + 0.1, y), (middle + 0.1, y + 0.005), (middle - 0.1, y + 0.005)], mixed(leather, (0, 0, 0), 0.5))  # fmt: skip


def bench(canvas: Canvas) -> None:
    """The back seats, seen through their open door: window, backs, cushion, the seat before them."""
    canvas.sky([mixed(LEATHER, STEEL, 0.3), LEATHER], 0, 1)
    window = smooth([(0.2, 0.06), (0.62, 0.05), (0.74, 0.3), (0.2, 0.33)])
    canvas.shape(window, rgb("#a9c6dc"), below=rgb("#dfe8ea"))
    leather = rgb("#8a6a4d")
    for left in (0.16, 0.47):
        back = smooth([(left, 0.72), (left + 0.02, 0.36), (left + 0.08, 0.3), (left + 0.24, 0.3), (left + 0.3, 0.37), (left + 0.32, 0.72)])  # fmt: skip
        canvas.shape(back, leather, below=mixed(leather, (0, 0, 0), 0.35))
        rest = smooth([(left + 0.1, 0.31), (left + 0.11, 0.2), (left + 0.21, 0.2), (left + 0.22, 0.31)])
        canvas.shape(rest, mixed(leather, (255, 255, 255), 0.08), below=mixed(leather, (0, 0, 0), 0.3))
    cushion = smooth([(0.12, 0.7), (0.5, 0.66), (0.86, 0.7), (0.94, 0.84), (0.08, 0.86)])
    canvas.shape(cushion, mixed(leather, (255, 255, 255), 0.12), below=mixed(leather, (0, 0, 0), 0.3))
    canvas.shape([(0.06, 0.86), (0.95, 0.84), (1, 1), (0, 1)], mixed(LEATHER, (0, 0, 0), 0.5))
    front = smooth([(0.84, 1.05), (0.86, 0.5), (0.9, 0.3), (1.05, 0.26), (1.05, 1.05), (1.05, 1.05)])
    canvas.shape(front, mixed(leather, (0, 0, 0), 0.25), below=mixed(leather, (0, 0, 0), 0.6))


def wheel(canvas: Canvas, paint: Color) -> None:
    canvas.sky([mixed(paint, (255, 255, 255), 0.3), paint, mixed(paint, (0, 0, 0), 0.35)], 0, 1)
    canvas.sky([rgb("#9aa0a7"), rgb("#6f767e")], 0.86, 1)
    flat = canvas.ratio
    radius = min(0.33, 0.4 / flat)
    x, y = 0.5, 0.5
    canvas.oval(x, y - 0.02, radius * 1.16, mixed(paint, (0, 0, 0), 0.8))
    canvas.glow(x, 0.93, radius * 1.4, (10, 10, 12), alpha=0.7, flat=0.14)
    canvas.oval(x, y, radius, rgb("#16171a"))
    canvas.oval(x, y, radius * 0.94, rgb("#222428"))
    canvas.oval(x, y, radius * 0.74, STEEL)
    canvas.oval(x, y, radius * 0.69, rgb("#25282d"))
    canvas.oval(x, y, radius * 0.5, rgb("#4a4e55"))
    canvas.oval(x, y, radius * 0.46, rgb("#35393f"))
    for spoke in range(5):
        at = math.tau * spoke / 5 - math.pi / 2
        outline: list[Point] = [
            (x + radius * far * math.cos(at + turn), y + radius * far * math.sin(at + turn) * flat)
            for far, turn in ((0.72, -0.2), (0.72, 0.2), (0.4, 0.16), (0.1, 0.9), (0.1, -0.9), (0.4, -0.16))
        ]
        canvas.shape(outline, mixed(STEEL, (255, 255, 255), 0.3), below=mixed(STEEL, (0, 0, 0), 0.25))
    canvas.oval(x, y, radius * 0.14, mixed(STEEL, (0, 0, 0), 0.25))
    canvas.oval(x, y, radius * 0.1, mixed(STEEL, (255, 255, 255), 0.25))
    for bolt in range(5):
        at = math.tau * (bolt + 0.5) / 5 - math.pi / 2
        canvas.oval(
            x + radius * 0.19 * math.cos(at),
            y + radius * 0.19 * math.sin(at) * flat,
            radius * 0.022,
            rgb("#1c1e22"),
        )


def _windshield(canvas: Canvas, bottom: float) -> None:
    canvas.sky([rgb("#6f9cc4"), rgb("#c8dcea"), rgb("#e9eeee")], 0, bottom)
    canvas.shape(smooth([(-0.1, bottom - 0.06), (0.3, bottom - 0.12), (0.7, bottom - 0.08), (1.1, bottom - 0.13), (1.1, bottom + 0.1), (-0.1, bottom + 0.1)]), rgb("#7f9a8c"))  # fmt: skip
    for left, right in ((-0.02, 0.07), (0.93, 1.02)):
        inner = right if left < 0.5 else left
        outer = left if left < 0.5 else right
        canvas.shape(
            [(outer, -0.01), (inner, -0.01), ((inner + outer) / 2, bottom + 0.08), (outer, bottom + 0.08)],
            LEATHER,
        )
    canvas.shape(smooth([(0.43, 0.04), (0.57, 0.04), (0.56, 0.13), (0.44, 0.13)]), LEATHER)
    canvas.shape(smooth([(0.44, 0.055), (0.56, 0.055), (0.553, 0.118), (0.447, 0.118)]), rgb("#9db4c4"))


def _panel(canvas: Canvas, left: float, top: float, right: float, bottom: float, color: Color) -> None:
    edge = 0.006
    canvas.shape([(left - edge, top - edge), (right + edge, top - edge), (right + edge, bottom + edge), (left - edge, bottom + edge)], mixed(LEATHER, STEEL, 0.35))  # fmt: skip
    canvas.shape(
        [(left, top), (right, top), (right, bottom), (left, bottom)], color, below=mixed(color, STEEL, 0.12)
    )


def _steering_wheel(canvas: Canvas, x: float, y: float, radius: float) -> None:
    flat = canvas.ratio
    rim: list[Point] = []
    for far in (1.0, 0.84):
        around = [(x + radius * far * math.cos(math.tau * step / 60), y + radius * far * math.sin(math.tau * step / 60) * flat) for step in range(61)]  # fmt: skip
        rim += around if far == 1.0 else around[::-1]
    canvas.shape([(x - radius * 0.9, y - 0.012), (x + radius * 0.9, y - 0.012), (x + radius * 0.9, y + 0.03), (x - radius * 0.9, y + 0.03)], TRIM)  # fmt: skip
    canvas.shape(
        [
            (x - 0.014, y),
            (x + 0.014, y),
            (x + 0.02, y + radius * 0.9 * flat),
            (x - 0.02, y + radius * 0.9 * flat),
        ],
        TRIM,
    )
    canvas.oval(x, y, radius * 0.34, mixed(LEATHER, STEEL, 0.15))
    canvas.oval(x, y, radius * 0.12, STEEL)
    canvas.shape(rim, mixed(LEATHER, (0, 0, 0), 0.35))
