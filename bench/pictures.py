"""Pictures made small: what one costs beside plain Pillow and libvips, how full the cores are, how flat the memory.

`python -m bench pictures`. The pictures are drawn (`bench.drawn_products`), in the sizes and formats that shops send.
`VITRINA_BENCH_PICTURES` is how many go through the processes (3000); `VITRINA_BENCH_PICTURES_LIKE` how many are told apart (400).
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bench.drawn_products import product, variations
from bench.report import BenchRow
from vitrina.lib.pictures.likeness import NEAR, distance, likeness
from vitrina.lib.pictures.measuring import measure
from vitrina.lib.pictures.pool import Pool
from vitrina.lib.pictures.preparing import prepare

GROUP = "pictures"
COUNT = int(os.environ.get("VITRINA_BENCH_PICTURES", "3000"))
LIKE = int(os.environ.get("VITRINA_BENCH_PICTURES_LIKE", "400"))
CORES = os.cpu_count() or 1
MOST_RSS_MB = 300
MOST_GROWTH_MB = 50
ROUNDS = 5
HUES = (1 / 3, 1 / 2, 2 / 3)  # how far the other colours of the same thing are away


@dataclass(frozen=True)
class Kind:
    """One of the ways in which pictures come."""

    name: str
    format: str
    size: tuple[int, int]
    how: dict[str, Any]


KINDS = (
    Kind("JPEG 900 × 1200", "JPEG", (900, 1200), {"quality": 85}),
    Kind("JPEG 1600 × 2000", "JPEG", (1600, 2000), {"quality": 90}),
    Kind("JPEG 3000 × 4000", "JPEG", (3000, 4000), {"quality": 92}),
    Kind("PNG 1000 × 1000", "PNG", (1000, 1000), {}),
    Kind("WebP 900 × 1200", "WEBP", (900, 1200), {"quality": 85}),
)
# Of a hundred pictures of a shop: most are of the size that marketplaces ask for.
SHARES = (60, 15, 5, 10, 10)


def rows() -> Iterator[BenchRow]:
    files = {kind.name: saved(product(number, kind.size), kind) for number, kind in enumerate(KINDS)}
    yield from _beside_others(files)
    yield from _in_processes(files)
    yield from _told_apart()


def saved(image: Image.Image, kind: Kind) -> bytes:
    file = BytesIO()
    image.save(file, kind.format, **kind.how)
    return file.getvalue()


# --- Beside others -----------------------------------------------------------------------------------------


def _beside_others(files: dict[str, bytes]) -> Iterator[BenchRow]:
    """CPU time of one picture, in this process. Ours does more: it measures the pixels and tells the likeness."""
    with_vips = _with_vips()
    for name, data in files.items():
        small = Image.open(BytesIO(prepare(data).processed))
        small.load()
        plain = _cpu_ms(lambda data=data: _with_pillow(data))  # type: ignore[misc]
        ours = _cpu_ms(lambda data=data: prepare(data))  # type: ignore[misc]
        extra = _cpu_ms(lambda small=small: measure(small)) + _cpu_ms(lambda small=small: likeness(small))  # type: ignore[misc]
        yield BenchRow(GROUP, f"{name}, {len(data) // 1000} kB: plain Pillow", round(plain, 1), "ms CPU")
        yield BenchRow(
            GROUP,
            f"{name}: ours, with {extra:.0f} ms of measuring",
            round(ours, 1),
            "ms CPU",
            limit=f"without measuring ≤ Pillow's {plain:.0f}",
            holds=ours - extra <= plain * 1.1,
        )
        if with_vips is not None:
            vips = _cpu_ms(lambda data=data: with_vips(data))  # type: ignore[misc]
            yield BenchRow(GROUP, f"{name}: libvips", round(vips, 1), "ms CPU")
    if with_vips is None:
        yield BenchRow(GROUP, "libvips: pyvips is not installed, nothing was measured", None, "ms CPU")


def _cpu_ms(work: Callable[[], object]) -> float:
    """The best of some rounds: what others do on the machine only adds."""
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times) * 1000


def _with_pillow(data: bytes) -> None:
    """As most would write it."""
    image = Image.open(BytesIO(data)).convert("RGB")
    image.thumbnail((1024, 1024), Image.Resampling.LANCZOS)
    image.save(BytesIO(), "JPEG", quality=85)
    image.thumbnail((320, 320), Image.Resampling.LANCZOS)
    image.save(BytesIO(), "WEBP", quality=80)


def _with_vips() -> Callable[[bytes], object] | None:
    try:
        import pyvips  # type: ignore[import-not-found,unused-ignore]
    except (ImportError, OSError):  # the package, or the library under it
        return None

    def work(data: bytes) -> None:
        image = pyvips.Image.thumbnail_buffer(data, 1024, height=1024, size="down")
        if image.hasalpha():
            image = image.flatten(background=255)
        image = image.copy_memory()
        image.jpegsave_buffer(Q=85, strip=True)
        image.thumbnail_image(320, height=320, size="down").webpsave_buffer(Q=80, strip=True)

    return work


# --- In processes ------------------------------------------------------------------------------------------


def _in_processes(files: dict[str, bytes]) -> Iterator[BenchRow]:
    """Like a shop's pictures through a pool of as many processes as cores, asked by more threads."""
    mix = random.Random(1).choices(list(files.values()), SHARES, k=COUNT)
    warm = COUNT // 5
    pool = Pool(CORES)
    try:
        with ThreadPoolExecutor(2 * CORES) as askers:
            _all(askers.map(pool.prepare, mix[:warm]))
            resting = {pid: _memory_mb(pid, "VmRSS") for pid in pool.pids()}
            began, (cpu_began, work_began) = time.perf_counter(), _seconds(pool)
            _all(askers.map(pool.prepare, mix[warm:]))
            seconds, (cpu, at_work) = time.perf_counter() - began, _seconds(pool)
        cpu, at_work = cpu - cpu_began, at_work - work_began
        done = len(mix) - warm
        same = [pid for pid in pool.pids() if pid in resting]
        growth = max((_memory_mb(pid, "VmRSS") - resting[pid] for pid in same), default=None)
        peak = max(_memory_mb(pid, "VmHWM") for pid in pool.pids())
    finally:
        pool.end()
    yield BenchRow(GROUP, f"{CORES} processes, {done} pictures", round(done / seconds, 1), "pictures/s")
    yield BenchRow(GROUP, "a picture in a process", round(cpu / done * 1000, 1), "ms CPU")
    share = at_work / seconds / CORES
    yield BenchRow(
        GROUP,
        f"share of the time that {CORES} processes were at work or waited for a core",
        round(share, 2),
        "",
        "≥ 0.9",
        share >= 0.9,
    )
    yield BenchRow(
        GROUP, "the biggest process, at its most", round(peak), "MB", f"≤ {MOST_RSS_MB}", peak <= MOST_RSS_MB
    )
    yield BenchRow(
        GROUP,
        f"a process grows over {done} pictures after the first {warm}",
        None if growth is None else round(growth, 1),
        "MB",
        f"< {MOST_GROWTH_MB}",
        growth is not None and growth < MOST_GROWTH_MB,
    )


def _all(done: Iterator[object]) -> None:
    for _one in done:
        pass


def _memory_mb(pid: int, what: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def _seconds(pool: Pool) -> tuple[float, float]:
    """Of CPU, and with what was waited for a core that others had: on a busy machine only both together say whether a
    process always had a picture.
    """
    of_each = [Path(f"/proc/{pid}/schedstat").read_text().split() for pid in pool.pids()]
    cpu = sum(int(ran) for ran, _waited, _slices in of_each) / 1e9
    return cpu, cpu + sum(int(waited) for _ran, waited, _slices in of_each) / 1e9


# --- Told apart --------------------------------------------------------------------------------------------


def _told_apart() -> Iterator[BenchRow]:
    """Other seeds than the tests': what became of a picture elsewhere, other things, the same in another colour."""
    with ProcessPoolExecutor(CORES) as pool:
        seen = list(pool.map(_likenesses, range(10_000, 10_000 + LIKE), chunksize=10))
    by_name: dict[str, list[int]] = {}
    for own, others, _hues in seen:
        for name, other in others:
            by_name.setdefault(name, []).append(distance(own, other))
    for name, apart in by_name.items():
        yield BenchRow(
            GROUP,
            f"near, {name}",
            round(_share_near(apart), 4),
            f"of {len(apart)}",
            f"most apart: {max(apart)}",
        )
    together = list(itertools.chain.from_iterable(by_name.values()))
    near = _share_near(together)
    yield BenchRow(GROUP, f"near, all of them (≤ {NEAR} bits)", round(near, 4), "", "≥ 0.97", near >= 0.97)
    pairs = [distance(one[0], other[0]) for one, other in itertools.combinations(seen, 2)]
    false = _share_near(pairs)
    yield BenchRow(
        GROUP,
        "other things that pass for near",
        round(false, 6),
        f"of {len(pairs)}",
        f"≤ 0.0001, closest {min(pairs)}",
        false <= 0.0001,
    )
    hues = [distance(own, other) for own, _others, coloured in seen for other in coloured]
    yield BenchRow(
        GROUP,
        "the same thing in another colour, passing for near",
        round(_share_near(hues), 4),
        f"of {len(hues)}",
    )


def _likenesses(seed: int) -> tuple[int, list[tuple[str, int]], list[int]]:
    size = (600, 800)
    image = product(seed, size)
    own_hue = random.Random(seed).random()
    return (
        likeness(image),
        [(name, likeness(other)) for name, other in variations(image, seed)],
        [likeness(product(seed, size, hue=(own_hue + by) % 1)) for by in HUES],
    )


def _share_near(apart: list[int]) -> float:
    return sum(bits <= NEAR for bits in apart) / len(apart)
