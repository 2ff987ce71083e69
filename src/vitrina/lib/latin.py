"""Russian names in Latin letters, as one reads them in English: «Германн» → «Germann». Pure."""

from __future__ import annotations

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya".replace("_", "").split(
            " "
        ),
        strict=True,
    )
)


def in_latin(text: str) -> str:
    """Other letters stay; a word in capitals stays in capitals."""
    pieces = []
    for position, letter in enumerate(text):
        written = _LETTERS.get(letter.lower())
        if written is None:
            pieces.append(letter)
        elif letter.islower():
            pieces.append(written)
        else:
            beside = text[position + 1 : position + 2] or text[position - 1 : position]
            pieces.append(written.upper() if beside.isupper() else written.capitalize())
    return "".join(pieces)
