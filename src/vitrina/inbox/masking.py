"""What tells who a buyer is, hidden before a text goes to an outside model, and put back into a draft for a chat; or taken
out for good before an answer is kept. Pure.

    mask = Mask(buyer="Иванова Мария", order_id="4567890123")
    mask.hide("Это Мария, телефон 8 916 123-45-67")  → "Это [name 1], телефон [phone 1]"
    unmask("Позвоним на [phone 1]", mask.kept, is_public=False)  → "Позвоним на 8 916 123-45-67"

One mask serves all texts of one interaction, so that a placeholder means the same in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vitrina.inbox.guardrails.reading import Reading, read_all
from vitrina.inbox.leaving_out import leave_out
from vitrina.inbox.personal import marks
from vitrina.lib.text import analyser, fold, words

PLACEHOLDER = re.compile(r"\[(?:phone|email|card|order|number|address|nick|name|mark) \d{1,4}\]")
_ROUNDS = 4  # what was hidden may lay bare what stood behind it
_LONG_NUMBER = re.compile(r"(?<!\d)\d{10,30}(?!\d)")
_OF_THE_PRODUCT = re.compile(r"(?:артикул\w*|арт\.?|штрих-?код\w*|sku|баркод\w*|barcode|article)[ :№#]{0,3}$")
# What marketplaces show where a buyer gave no name.
_NAMELESS = frozenset(
    [
        "покупатель",
        "пользователь",
        "аноним",
        "анонимный",
        "клиент",
        "гость",
        "user",
        "buyer",
        "anonymous",
        "guest",
    ]
)
_LEAST_NAME = 2
_GREETED = re.compile(
    r"(?i:здравствуйте|добрый (?:день|вечер)|доброе утро|приветствуем|привет|уважаем(?:ый|ая)|hello|hi|dear|good (?:day|morning|evening))"
    r",? ((?:[А-ЯЁA-Z][а-яёa-z]+(?:[ -](?=[А-ЯЁA-Z]))?){1,3})(?=\s*[!,.])"
)
_INTRODUCES = re.compile(
    r"\b(?i:меня зовут|мо[её] имя|на имя|фамилия|фио|получатель(?:ница)?|с уважением|это|я)[ ,:–—-]{1,3}"
    r"(?P<names>[А-ЯЁ][а-яё]{1,20}(?: [А-ЯЁ][а-яё]{1,20}){0,2})\b"
)
_INTRODUCES_IN_ENGLISH = re.compile(
    r"\b(?i:my name is|best regards|kind regards|regards)[ ,:–—-]{1,3}(?P<names>[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?)\b"
)


class Mask:
    """`kept`: what each placeholder stands for, letter by letter as the buyer wrote it. It goes into no log."""

    def __init__(self, *, buyer: str = "", order_id: str = "") -> None:
        self.kept: dict[str, str] = {}
        self._placeholder_of: dict[tuple[str, str], str] = {}
        self._known: dict[str, tuple[str, re.Pattern[str]]] = {}  # by how they are spelled
        self._know("name", _forms_of_name(buyer))
        self._know("order", [fold(order_id)] if order_id else [])

    def hide(self, text: str) -> str:
        """The same text with placeholders; a placeholder that the buyer wrote is itself hidden as a [mark]. By the name with
        which somebody introduces themself there they are known from then on: not every marketplace tells it."""
        for name in introduced(text):
            self._know("name", _forms_of_name(name))
        text = PLACEHOLDER.sub(lambda match: self._placeholder("mark", match.group()), text)
        for _ in range(_ROUNDS):
            reading = read_all(text)
            taken = [match.span() for match in PLACEHOLDER.finditer(text)]
            pieces, position = [], 0
            for start, end, what in _apart(
                (*reading.span(start, end), what) for start, end, what in self._places(reading)
            ):
                if any(start < other[1] and other[0] < end for other in taken):
                    continue
                pieces += [text[position:start], self._placeholder(what, text[start:end])]
                position = end
            if not position:
                break
            text = "".join([*pieces, text[position:]])
        return text

    def _places(self, reading: Reading) -> Iterator[tuple[int, int, str]]:
        for mark in marks(reading):
            yield mark.start, mark.end, mark.what
        for what, pattern in self._known.values():
            for match in pattern.finditer(reading.folded):
                yield *match.span(), what
        for match in _LONG_NUMBER.finditer(reading.folded):
            if not _OF_THE_PRODUCT.search(reading.folded[max(0, match.start() - 30) : match.start()]):
                yield *match.span(), "number"

    def _know(self, what: str, forms: list[str]) -> None:
        spelled = "|".join(map(re.escape, forms))
        if spelled:
            self._known[spelled] = what, re.compile(rf"(?<![\w-])(?:{spelled})(?![\w-])")

    def _placeholder(self, what: str, value: str) -> str:
        if (what, value) not in self._placeholder_of:
            count = sum(kind == what for kind, _ in self._placeholder_of) + 1
            placeholder = f"[{what} {count}]"
            self._placeholder_of[what, value] = placeholder
            self.kept[placeholder] = value
        return self._placeholder_of[what, value]


def unmask(text: str, kept: Mapping[str, str], *, is_public: bool) -> str:
    """A draft with the buyer's own words back in it. In a public answer they stay hidden: the guardrail `placeholder`
    then keeps it from being sent, and a person writes around them."""
    if is_public:
        return text
    return PLACEHOLDER.sub(lambda match: kept.get(match.group(), match.group()), text)


def anonymous(text: str, mask: Mask) -> str:
    """For keeping: names left out, of others who are greeted too; in the place of anything else that tells who
    somebody is stands «…». The result has no placeholder and isn't put back."""
    text = leave_out(mask.hide(text), r"\[name \d{1,4}\](?: \[name \d{1,4}\])*")
    text = PLACEHOLDER.sub("…", text)
    for name in {greeted[1].strip() for greeted in _GREETED.finditer(text) if _is_name(greeted[1])}:
        text = leave_out(text, rf"(?:[Уу]важаем\w{{2}} |[Дд]ear )?(?<!\w){re.escape(name)}(?!\w)")
    return text.strip()


def introduced(text: str) -> Iterator[str]:
    """The names with which somebody introduces themself: «меня зовут Анна Петрова», «это Анна», "my name is Ann"."""
    for match in _INTRODUCES.finditer(text):
        # A surname that no dictionary knows is a name beside one that is.
        if any(_is_name(word) for word in match["names"].split()):
            yield match["names"]
    for match in _INTRODUCES_IN_ENGLISH.finditer(text):
        yield match["names"]


def is_nameless(buyer: str) -> bool:
    """Whether nothing in it is a name: empty, or what a marketplace shows in the place of one."""
    return all(fold(word) in _NAMELESS or word.isdigit() for word in words(buyer))


def _apart(places: Iterator[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    end = -1
    for place in sorted(places, key=lambda place: (place[0], -place[1])):
        if place[0] >= end and place[0] < place[1]:
            end = place[1]
            yield place


def _is_name(text: str) -> bool:
    """Russian words by what they are; of others, that they stand after a greeting is all that can be told."""
    return all(
        word.isascii()
        or any({"Name", "Patr", "Surn"} & parse.tag.grammemes for parse in analyser().parse(fold(word)))
        for word in words(text)
    )


def _forms_of_name(buyer: str) -> list[str]:
    """Each part of a name in all its cases, the longest first; initials are none."""
    forms: set[str] = set()
    for word in words(buyer)[:6]:
        name = fold(word)
        if len(name) < _LEAST_NAME or name in _NAMELESS or name.isdigit():
            continue
        forms.add(name)
        for parse in analyser().parse(name):
            if {"Name", "Surn", "Patr"} & parse.tag.grammemes:
                forms |= {fold(form.word) for form in parse.lexeme}
    return sorted(forms, key=len, reverse=True)
