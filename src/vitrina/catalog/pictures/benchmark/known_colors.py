"""Shades with the name that people give them: what the colour names are measured on.

Chosen by hand, and by hand alone: pure colours, colours of paint cards and cloth. Every second shade of a name is held out:
the palette was tuned on the others.
"""

from __future__ import annotations

SHADES = {
    "black": "000000 0a0a0a 141414 1a1a1c 0f1115 1c1a19 101418 050505",
    "dark_grey": "3a3a3a 444648 4d4d4d 505355 36393d 48484a 555555 404040",
    "grey": "7f7f7f 808588 8a8a8a 767676 8e9093 7a7d80 939393 848484",
    "light_grey": "bcbcbc c4c6c8 cccccc b8babc c9c9c9 d0d0d0 bfc1c2 c6c6c6",
    "white": "ffffff fafafa f7f7f5 f4f5f6 f2f2f2 fcfcfa f8f8ff f5f5f5",
    "cream": "fff5dc faf0d8 f7ecd2 fdf3e0 f5ead0 fbf1da f9eed5 fff8e3",
    "beige": "d9c3a0 dcc8a8 e0cdb0 d2bc9a e3d2b8 d6c0a4 cfb997 dbc6a6",
    "caramel": "c68642 b97a3d c08040 bf7f46 c88a4d b5783f c98f50 bd7c38",
    "brown": "6b4423 5c3a21 704a2c 654321 7a4f30 5a3d2b 6f4e37 4a2c1a",
    "terracotta": "b5543a c05a3e a84e36 bb5b42 c1603f b04f32 b85a3c ae523b",
    "orange": "ff7f00 f57c1f ff8c1a f28500 fb8b24 f97306 ff8800 ef7d11",
    "peach": "ffcba4 fdc5a0 ffc9a8 f9c39c ffd0b0 fbc4a4 ffcdaa f8c6a0",
    "coral": "ff7256 ff7f6b f8705c fa7868 ff6f61 f4745f fb7a68 ff7766",
    "red": "d0021b c8102e e01b24 cc1122 e62222 d62020 c4161c ff0000",
    "burgundy": "6d071a 7a1128 5e0b1e 800020 701525 64101f 721c2e 6a0f22",
    "crimson": "c2185b b01c55 be1e5a c21e56 b81b50 ba2060 d02060 c01d5f",
    "pink": "f4a6c0 f7b2c8 f29bb8 f8b8cc ffb6c1 efa0bb ffc0cb f9bdd0",
    "fuchsia": "e0249a f02fb0 e6209e ff00ff e81e9f df2ba0 f02ca6 ec28b0",
    "violet": "6a2c91 5e2d8c 7030a0 6b3fa0 652d90 800080 60269e 6f359c",
    "lilac": "c8a2c8 b99bd0 c3a3d9 bfa0d0 c9a8dc be9fd6 c4a5d0 b8a0d8",
    "navy": "14213d 1b2a4e 000080 1a2550 0f1f4b 17264a 131f45 1d2b53",
    "blue": "1f4fbf 0047ab 2456c7 1d4ed8 4169e1 2350b8 0000ff 2a5ccc",
    "lightblue": "8fc4ec 87ceeb 87bfe8 93c9f2 a1cfee 8abde6 9ac6ea add8e6",
    "turquoise": "1fb5ad 20b2aa 40e0d0 22bdb4 2ab7b0 17a9a6 30d5c8 1eb0a4",
    "mint": "a8e6cf b0e8d2 98ffcc aeeacf b4e9d4 a9e2ca b2ebd5 a3e4cb",
    "green": "1e8b3a 228b22 2a9440 008000 209038 279148 1b8438 2e8b57",
    "dark_green": "0f3d2a 14402c 013220 17452f 0e3825 184030 11402a 163b28",
    "olive": "6b6b2a 808000 66652c 74733a 6d6a33 6f6e36 556b2f 757236",
    "lime": "a4d93b 9fd83e 9acd32 a0d636 a8db4a a6dd3f a1d843 addf50",
    "yellow": "ffd800 fcd50e ffff00 f9d316 ffe020 fbd92a ffd60a fadc26",
    "mustard": "c9971c c8961f d09f2a c29220 cb9a26 c69524 ce9c22 c4942a",
}


def shades(name: str, *, held_out: bool) -> list[str]:
    return SHADES[name].split()[1 if held_out else 0 :: 2]
