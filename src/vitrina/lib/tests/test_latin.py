from __future__ import annotations

import pytest

from vitrina.lib.latin import in_latin


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("Германн", "Germann"),
        ("Лизавета Ивановна", "Lizaveta Ivanovna"),
        ("Щукин, Жуков и Юрий", "Shchukin, Zhukov i Yuriy"),
        ("ЩИ", "SHCHI"),
        ("Объезд Ёлкина", "Obezd Elkina"),
        ("Mr Green 2", "Mr Green 2"),
        ("", ""),
    ],
)
def test_names_are_spelled_as_they_are_read(russian: str, latin: str) -> None:
    assert in_latin(russian) == latin
