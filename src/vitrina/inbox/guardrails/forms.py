"""The guardrails that a pattern can't say: contacts, links, shops, echoes, length, likeness, language, capitals. Pure.

Each yields ((start, end), detail) in the reply's own characters; (0, 0) is the reply as a whole. `earlier`: the findings
of the rules that stand before it in the data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from vitrina.inbox.guardrails.grounding import ungrounded
from vitrina.inbox.guardrails.reading import MOST_READ, Reading, read, spaced_out
from vitrina.inbox.guardrails.rules import rules
from vitrina.inbox.guardrails.shapes import Detail, Finding, Reply, stems
from vitrina.inbox.personal import Mark, marks
from vitrina.lib.text import analyser, language_of, stem, words

Found = Iterator[tuple[tuple[int, int], Detail]]

_REACH = {"phone", "email", "nick", "address"}


def contact(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    heard = {mark.key for mark in marks(read(reply.heard))}
    for mark in marks(reading):
        # The buyer's own address, said back, is an echo and not a way to reach the shop.
        if mark.what in _REACH and not (mark.what == "address" and mark.key in heard):
            yield reading.span(mark.start, mark.end), {"what": mark.what}


# --- Links ------------------------------------------------------------------------------------------------

_TLD = (
    "ru|com|net|org|su|io|me|be|by|kz|ua|uz|store|shop|online|site|website|app|link|info|biz|pro|club|live|tv|cc|gl|ly|gg"
    "|eu|de|cn|xyz|top|space|page|dev|ai|рф|рус|онлайн|сайт|ру|ком|сом"
)
_LINK = re.compile(
    rf"(?<![\w@.-])(?:(?:https?|hxxps?|ftp)(?:://|:/)[^\s]{{1,300}}"
    rf"|(?:www\.)?(?:[a-zа-я0-9-]{{1,63}}(?:\.|\[\.\]|\(\.\)| ?\(?\b(?:точка|dot)\b\)? ?| \. )){{1,4}}(?:{_TLD})(?![\w-]|\.\w)"
    rf"(?:/[^\s]{{0,300}})?|[a-z0-9-]{{2,63}}\.[a-z]{{2,12}}/[^\s]{{1,300}})"
)
_HOST = re.compile(r"^(?:[a-z]+:/{1,2})?(?:www\.)?([^/?#]+)")
_POINT = re.compile(r"\[\.\]|\(\.\)| ?\(?(?:точка|dot)\)? ?| \. ")


def link(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    own = next((one for one in rules().marketplaces if one.id == rules().platform(reply.platform)), None)
    allowed = own.allowed.get(reply.kind, ()) if own else ()
    taken = [(mark.start, mark.end) for mark in marks(reading) if mark.what == "email"]
    for match in _LINK.finditer(reading.latin):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        found = _HOST.match(_POINT.sub(".", match.group()))
        host = found[1] if found else ""
        if not any(host == domain or host.endswith(f".{domain}") for domain in allowed):
            yield reading.span(*match.span()), {"host": host}
    for run in spaced_out(reply.text):
        if spelled := _LINK.search(run.latin):
            yield run.span(*spelled.span()), {"host": spelled.group()}


# --- Shops ------------------------------------------------------------------------------------------------


def third_party(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    own = rules().platform(reply.platform)
    known = stems(reply.facts, reply.seller.own_names)
    for market in rules().marketplaces:
        if market.id == own:
            continue
        for match in market.names.finditer(reading.folded):
            # The facts of an «озонатор» make «озон» a gas.
            if not all(any(one.startswith(stem(word)) for one in known) for word in words(match.group())):
                yield reading.span(*match.span()), {"shop": match.group()}
        for run in spaced_out(reply.text):
            if spelled := market.names.search(run.folded):
                yield run.span(*spelled.span()), {"shop": spelled.group()}
    for shop in reply.seller.other_shops:
        if name := read(shop).folded.strip():
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", reading.folded):
                yield reading.span(*match.span()), {"shop": shop}


# --- Echoes of personal data ------------------------------------------------------------------------------

_LONG_NUMBER = re.compile(r"(?<![\d-])\d[\d-]{5,24}\d(?![\d-])")
_OWN_NUMBER = re.compile(r"(?:артикул\w*|арт\.?|штрих-?код\w*|sku|модел\w+|сери\w+)[ :№]{0,3}$")


def pii_echo(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    """What the buyer wrote of themselves, said back where everybody reads it. A first name is a greeting."""
    if not reply.is_public:
        return
    told = read(reply.heard)
    facts = " ".join(read(fact).folded for fact in reply.facts)
    keys = {mark.key for mark in marks(told)}
    numbers = {
        _digits(match.group())
        for match in _LONG_NUMBER.finditer(told.folded)
        if not _OWN_NUMBER.search(told.folded[max(0, match.start() - 30) : match.start()])
    } | ({_digits(reply.order_id)} if reply.order_id else set())
    for mark in marks(reading):
        if mark.key in keys or _is_near(mark, told):
            yield reading.span(mark.start, mark.end), {"what": mark.what}
    for match in _LONG_NUMBER.finditer(reading.folded):
        digits = _digits(match.group())
        if digits and digits in numbers and match.group() not in facts:
            yield reading.span(*match.span()), {"what": "order"}
    surnames = {form for word in words(reply.buyer)[:6] if (form := _surname(word))}
    for match in re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)*", reading.folded) if surnames else ():
        if _surname(match.group()) in surnames:
            yield reading.span(*match.span()), {"what": "surname"}


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _is_near(mark: Mark, told: Reading) -> bool:
    """An address in other words: its street and its house stand in what the buyer wrote."""
    if mark.what != "address":
        return False
    theirs = {part for other in marks(told) if other.what == "address" for part in other.key.split()}
    mine = {part for part in mark.key.split() if part not in ("улица", "улицу", "улице", "просп")}
    return len(mine & theirs) >= 2


@lru_cache(maxsize=4_096)
def _surname(word: str) -> str:
    """The surname that a word is a form of, "" for other words. A first name that may be one isn't taken for it."""
    if not re.fullmatch(r"[а-яё-]{3,30}", word.lower()):
        return ""
    parses = analyser().parse(word.lower())
    if any("Name" in parse.tag and parse.score > 0.3 for parse in parses):
        return ""
    return next((str(parse.normal_form) for parse in parses if "Surn" in parse.tag), "")


# --- Length, likeness, language, capitals -----------------------------------------------------------------


def length(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    count = len(reply.text.strip())
    least = max(1, reply.limits.answer_least) if reply.limits else 1
    most = reply.limits.answer_most if reply.limits else MOST_READ
    if reply.seller.most_characters:
        most = min(most, reply.seller.most_characters)
    if count < least or count > min(most, MOST_READ):
        yield (0, 0), {"length": count, "least": least, "most": min(most, MOST_READ)}


LIKE = 90.0
COMPARED = 50
_COMPARED_CHARACTERS = 5_000


def sameness(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    """Nearly one of the last answers."""
    likeness, twin = _twin(reading, reply.last_answers)
    if likeness:
        yield (0, 0), {"likeness": round(likeness / 100, 2), "twin": twin[:200]}


def sounds_like(text: str, answers: Sequence[str]) -> bool:
    """Whether the guardrail `sameness` would find one of the first `COMPARED` of them in it."""
    return _twin(read(text), answers)[0] > 0


def _twin(reading: Reading, answers: Sequence[str]) -> tuple[float, str]:
    """The likest answer with its likeness, LIKE to 100; (0, "") where none is. A set of words is also «like» one that it holds,
    so that a short answer would be like every longer one: the shorter must have half of the longer one's words."""
    mine = words(reading.folded[:_COMPARED_CHARACTERS])
    best, twin = 0.0, ""
    for answer in answers[:COMPARED]:
        theirs = words(read(answer).folded[:_COMPARED_CHARACTERS])
        if not mine or not theirs or 2 * min(len(mine), len(theirs)) < max(len(mine), len(theirs)):
            continue
        likeness = fuzz.token_set_ratio(" ".join(mine), " ".join(theirs), score_cutoff=LIKE)
        if likeness > best:
            best, twin = likeness, answer
    return best, twin


def language(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    if len(words(reply.text[:MOST_READ])) < 3 or len(words(reply.heard[:MOST_READ])) < 3:
        return
    mine, theirs = language_of(reply.text[:MOST_READ]), language_of(reply.heard[:MOST_READ])
    if mine and theirs and mine != theirs:
        yield (0, 0), {"found": mine, "wanted": theirs}


_CAPITALS = re.compile(r"(?<![\w-])[^\W\d_]{4,}(?![\w-])")
_ABBREVIATIONS = frozenset(["гост", "лдсп", "сниип", "оаэ", "мчс", "хдмп", "есэк", "снилс"])
_MARKS = re.compile(r"[!?]{3,}")


def caps(reply: Reply, reading: Reading, earlier: tuple[Finding, ...]) -> Found:
    """Two words in capitals and more, or three marks of shouting in a row."""
    text = reply.text[:MOST_READ]
    names = " ".join([*reply.facts, *reply.seller.own_names])
    shouted = [
        match.span()
        for match in _CAPITALS.finditer(text)
        if match.group().isupper()
        and match.group().lower() not in _ABBREVIATIONS
        and match.group() not in names
        and not (match.group().isascii() and len(match.group()) <= 5)
    ]
    if len(shouted) >= 2:
        for span in shouted:
            yield span, {"what": "capitals"}
    for match in _MARKS.finditer(text):
        yield match.span(), {"what": "marks"}


FORMS: Mapping[str, Callable[[Reply, Reading, tuple[Finding, ...]], Found]] = {
    "contact": contact,
    "link": link,
    "third_party": third_party,
    "pii_echo": pii_echo,
    "ungrounded": ungrounded,
    "length": length,
    "sameness": sameness,
    "language": language,
    "caps": caps,
}
