"""Outlines of things that are drawn: curves through points, symmetric shapes, rings. Knows no picture."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]


def mirrored(half: Sequence[Point], axis: float) -> list[Point]:
    """A closed outline from its right half, given from top to bottom as (distance from the axis, y)."""
    if len(half) > 1 and half[-1][0] == half[-2][0] == 0 and half[-1][1] < half[-2][1]:
        half = half[:-1]  # it closes the half alone, up its own axis
    right = [(axis + x, y) for x, y in half]
    # A point on the axis has no twin: it would be taken for a corner.
    return right + [(axis - x, y) for x, y in reversed(half) if x]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """A curve through the points (Catmull and Rom's spline); a point that stands twice is a corner."""
    count = len(points)
    if count < 3:
        return list(points)
    curve: list[Point] = []
    for i in range(count if closed else count - 1):
        p0, p1, p2, p3 = (
            points[(i + k) % count] if closed else points[max(0, min(count - 1, i + k))]
            for k in (-1, 0, 1, 2)
        )
        if p1 == p2:
            curve.append(p1)
            continue
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(  # type: ignore[arg-type]
                    0.5
                    * (
                        2 * b
                        + (c - a) * t
                        + (2 * a - 5 * b + 4 * c - d) * t * t
                        + (3 * b - a - 3 * c + d) * t * t * t
                    )
                    for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve


def ring(x: float, y: float, rx: float, ry: float) -> list[Point]:
    k = 0.7071
    around = [(1, 0), (k, k), (0, 1), (-k, k), (-1, 0), (-k, -k), (0, -1), (k, -k)]
    return smooth([(x + rx * dx, y + ry * dy) for dx, dy in around])
