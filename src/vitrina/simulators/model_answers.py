"""Believable answers to structured requests: from the request's JSON schema and the fenced data of its prompt.

Nothing here knows a generator. A property is filled by its name, its type and its limits: ids are picked among the
ids that occur in the data, texts are put together from the facts in the data, so that checks have something to check.
The same request always gets the same answer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vitrina.lib.latin import in_latin
from vitrina.simulators.model_eyes import Sight, seen

_FENCE = re.compile(r"<data-([0-9a-f]+)(?: name=\"([^\"]*)\")?>\n(.*?)\n</data-\1>", re.DOTALL)
_CHOICE = re.compile(r"^[ \t]*(\w[\w.-]{0,40})[ \t]*\|[ \t]*(.+)$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{3,}")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_HINTS = {
    "minLength": re.compile(r"at least (\d+) characters"),
    "maxLength": re.compile(r"at most (\d+) characters"),
    "minItems": re.compile(r"at least (\d+) items"),
    "maxItems": re.compile(r"at most (\d+) items"),
}
# Sentences that claim nothing of the product, for length alone.
_NEUTRAL_RU = (
    "Перед заказом сверьте характеристики с тем, что вам нужно.",
    "Все сведения взяты из карточки поставщика и приведены без изменений.",
    "Если остались вопросы, задайте их продавцу, он ответит и поможет определиться с выбором.",
    "Сохраните карточку в избранном, чтобы вернуться к ней, когда будет удобно.",
    "Сравните эту позицию с похожими товарами, так выбор станет проще и спокойнее.",
    "Обратите внимание на описание и параметры, они помогут понять, подходит ли вам эта вещь.",
    "Мы стараемся рассказывать о товаре понятно и без лишних слов.",
    "Добавьте товар в корзину, чтобы не потерять его среди других находок.",
    "Прочитайте характеристики ещё раз и убедитесь, что ничего важного не пропустили.",
    "Оставьте отзыв после покупки, он поможет другим покупателям.",
    "Подумайте, для какого случая вы выбираете вещь, и сверьтесь с её параметрами.",
    "Расскажите о находке близким, если она пришлась вам по душе.",
)
_NEUTRAL_EN = (
    "Please compare the listed details with what you need before you order.",
    "All details come from the supplier's card and are given unchanged.",
    "If a question remains, ask the seller, who will gladly help you choose.",
    "Save the card so that you can return to it whenever it suits you.",
    "Compare this item with similar ones, and the choice becomes easier and calmer.",
    "Read the details once more and make sure that nothing important was missed.",
    "Leave a review after the purchase; it helps other buyers.",
    "Think of the occasion for which you choose it, and check the details again.",
)


@dataclass
class Material:
    """What the prompt offers: its fenced data by name, and its words outside of the fences."""

    facts: dict[str, Any]
    words: str
    seed: int
    used_ids: list[Any] = field(default_factory=list)
    sights: Sequence[Sight] = ()  # the pictures of the request

    @property
    def is_russian(self) -> bool:
        return bool(_CYRILLIC.search(" ".join(str(value) for value in self.facts.values()))) or not self.facts

    def text(self, *names: str) -> str:
        for name in names:
            value = self.facts.get(name)
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
        return ""


def material_of(messages: list[dict[str, Any]], sights: Sequence[Sight] = ()) -> Material:
    prompt = "\n".join(_text_of(message.get("content")) for message in messages)
    facts: dict[str, Any] = {}
    for number, (_, name, text) in enumerate(_FENCE.findall(prompt)):
        try:
            value: Any = json.loads(text)
        except ValueError:
            value = text
        facts.setdefault(name or f"data{number}", value)
    for name in (
        "listing",
        "product",
        "facts",
        "item",
    ):  # a whole listing in one fence: its parts count by their own names
        for key, part in _parts_of(facts.get(name)).items():
            facts.setdefault(key, part)
    digest = hashlib.sha256(_without_marks(prompt).encode()).digest()
    return Material(facts, _FENCE.sub(" ", prompt), int.from_bytes(digest[:4], "big"), sights=sights)


def _parts_of(value: Any) -> dict[str, Any]:
    """The fields of a listing, given as an object or as lines of «name: value», the first line being its title."""
    if isinstance(value, dict):
        return {str(key): part for key, part in value.items() if part not in (None, "", [], {})}
    if not isinstance(value, str):
        return {}
    if value.startswith("{"):  # an object that was trimmed
        return dict(re.findall(r'"(title|description|brand)":"((?:[^"\\\\]|\\\\.)*)"', value))
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if not lines:
        return {}
    parts: dict[str, Any] = {"title": lines[0].partition(": ")[2] or lines[0]}
    pairs = {
        key: text
        for key, colon, text in (line.partition(": ") for line in lines[1:])
        if colon and len(key) < 40
    }
    return parts | ({"attributes": pairs} if pairs else {})


def schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of `response_format`, or the one told in words where the mode has none."""
    wanted = body.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type") == "json_schema":
        found = wanted.get("json_schema", {}).get("schema")
        return found if isinstance(found, dict) else None
    for message in body.get("messages", []):
        text = _text_of(message.get("content"))
        begin = text.find("JSON schema:\n")
        if begin >= 0:
            try:
                found, _ = json.JSONDecoder().raw_decode(text[begin + len("JSON schema:\n") :])
            except ValueError:
                continue
            return found if isinstance(found, dict) else None
    return None


def answer(schema: dict[str, Any], material: Material) -> Any:
    return _Filler(schema, material).value(schema, "")


def plain_answer(material: Material) -> str:
    return _description(material, 0, 400)


class _Filler:
    def __init__(self, root: dict[str, Any], material: Material) -> None:
        self.root = root
        self.material = material
        self.candidates = _ranked(_with_ids(list(material.facts.values())), material)
        self.pair: tuple[str, str] | None = None

    def value(self, node: dict[str, Any], name: str) -> Any:
        node = self._resolved(node)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return self._choice(node["enum"])
        for union in ("anyOf", "oneOf"):
            if union in node:
                return self._union(node[union], name)
        kind = node.get("type")
        if isinstance(kind, list):
            return self._union([{**node, "type": one} for one in kind], name)
        if kind == "object" or "properties" in node:
            return self._object(node, name)
        if kind == "array":
            return self._array(node, name)
        if kind == "boolean":
            return False
        if kind in ("integer", "number"):
            return self._number(node, name, kind)
        if kind == "null":
            return None
        return self._string(node, name)

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        for _ in range(16):
            reference = node.get("$ref")
            if not isinstance(reference, str):
                if isinstance(node.get("allOf"), list) and len(node["allOf"]) == 1:
                    node = {**node["allOf"][0], **{k: v for k, v in node.items() if k != "allOf"}}
                    continue
                return node
            found: Any = self.root
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]
            node = {**found, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def _choice(self, options: list[Any]) -> Any:
        if self.pair is not None and "attribute" in options:
            return "attribute"  # the pair that is being told comes from the listing's attributes
        told = _stems(" ".join(str(value) for value in self.material.facts.values()))
        for option in options:
            if isinstance(option, str) and _stems(option) & told:
                return option
        return options[0]

    def _union(self, options: list[dict[str, Any]], name: str) -> Any:
        nullable = any(option.get("type") == "null" for option in options)
        real = [option for option in options if option.get("type") != "null"]
        if not real or (nullable and not self._knows(name)):
            return None
        return self.value(real[0], name)

    def _knows(self, name: str) -> bool:
        if seen(self.material.sights, name):
            return True
        if self._is_identifier(name):
            return bool(self.candidates)
        if "confidence" in name or "probability" in name:
            return True
        return name in self.material.facts or "title" in name or "description" in name

    def _is_identifier(self, name: str) -> bool:
        return name == "id" or name.endswith("_id") or (name == "category" and bool(self.candidates))

    def _object(self, node: dict[str, Any], name: str) -> Any:
        properties = node.get("properties")
        if isinstance(properties, dict) and "picture" in properties:
            return self._sight(properties, seen(self.material.sights, name)[0])
        if isinstance(properties, dict):
            result: dict[str, Any] = {}
            for key, part in properties.items():
                result[key] = self.value(part, key)
            return result
        return _map_of(self.material, name)

    def _array(self, node: dict[str, Any], name: str) -> list[Any]:
        least, most = _limit(node, "minItems", 0), _limit(node, "maxItems", 5)
        item = self._resolved(node.get("items", {"type": "string"}))
        count = max(least, min(most, 5))
        if item.get("type") == "object" or "properties" in item:
            properties = item.get("properties", {})
            if "picture" in properties:
                return [self._sight(properties, one) for one in seen(self.material.sights, name)][:most]
            if "number" in properties:  # of what was listed: the first of them do
                return [self.value(item, name) | {"number": one} for one in range(1, max(least, 1) + 1)]
            if any(self._is_identifier(key) for key in properties):
                count = min(count, 3, max(least, len(self.candidates) - 1))
                return [self.value(item, name) for _ in range(count)]
            pairs = list(_map_of(self.material, name).items())[:count]
            return [self._pair(item, key, value) for key, value in pairs]
        if item.get("type") in ("integer", "number") or "enum" in item:
            return [self.value(item, name) for _ in range(max(least, 1))]
        return _strings(self.material, name, count, _limit(item, "maxLength", 80))[: max(count, least)]

    def _sight(self, properties: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
        return {
            key: found[key] if key in found else self.value(part, key) for key, part in properties.items()
        }

    def _pair(self, item: dict[str, Any], key: str, value: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.pair = (key, value)
        for name, part in item["properties"].items():
            if name in ("name", "key", "attribute"):
                result[name] = key.lower() if name == "key" else key
            elif name in ("value", "values"):
                result[name] = self._worth(self._resolved(part), key, value)
            else:
                result[name] = self.value(part, name)
        self.pair = None
        return result

    def _worth(self, part: dict[str, Any], key: str, value: str) -> Any:
        if part.get("type") != "array":
            return value
        item = self._resolved(part.get("items", {}))
        return [self._pair(item, key, value) if "properties" in item else value]

    def _number(self, node: dict[str, Any], name: str, kind: str) -> Any:
        if self._is_identifier(name):
            return self._next_id(kind)
        low, high = node.get("minimum", 0), node.get("maximum", 1 if kind == "number" else 10)
        if "confidence" in name or "probability" in name or "similarity" in name:
            place = max(len(self.material.used_ids) - 1, 0)
            overlap = self.candidates[place][0] if place < len(self.candidates) else 0.3
            return round(min(high, max(low, 0.5 + 0.48 * overlap - 0.2 * place)), 2)
        return low if kind == "integer" else float(low)

    def _next_id(self, kind: str) -> Any:
        for _, identifier in self.candidates:
            if identifier not in self.material.used_ids:
                self.material.used_ids.append(identifier)
                try:
                    return int(identifier) if kind == "integer" else identifier
                except (TypeError, ValueError):
                    return 0
        return 0

    def _string(self, node: dict[str, Any], name: str) -> str:
        said = self._words(node, name)
        pattern = node.get("pattern")
        # The one pattern that generators ask for forbids Russian letters.
        return (
            in_latin(said)[: _limit(node, "maxLength", 100_000)]
            if pattern and not re.search(pattern, said)
            else said
        )

    def _words(self, node: dict[str, Any], name: str) -> str:
        least, most = _limit(node, "minLength", 0), _limit(node, "maxLength", 100_000)
        if self._is_identifier(name):
            return str(self._next_id("string") or "")[:most]
        material = self.material
        if self.pair is not None:
            return self.pair[0] if name == "source" else "attributes" if name == "field" else ""
        title = material.text("title", "name", "product") or ("Товар" if material.is_russian else "Item")
        if "seo" in name and "title" in name:
            return _cut(title, min(most, 60))
        if "seo" in name or "meta" in name:
            return _cut(_description(material, 0, min(most, 155)), min(most, 155))
        if "title" in name or name == "name":
            text = _cut(title, min(most, 100))
        elif "description" in name or name in ("text", "body", "reply", "answer", "content"):
            short = most <= 1200 or "one paragraph" in material.words.lower()
            text = _description(material, least, min(most, 600 if short else 1600))
            if "<p>" in material.words:
                text = f"<p>{text}</p>" if short else _paragraphs(text, material)
        elif name in ("reasoning", "reason", "explanation", "rationale"):
            text = (
                f"Название и характеристики говорят о следующем: {title}."
                if material.is_russian
                else f"The title and details speak of this: {title}."
            )
        elif name in ("language", "lang"):
            return "ru" if material.is_russian else "en"
        elif name.startswith("proposed"):
            return ""
        elif name == "look":  # of somebody in a book, English and short
            text = in_latin(" ".join(material.text("passage").split()[:12]))
        else:
            given = material.text(name)
            text = given or ("" if not least else title)
        return _cut(text, most) if len(text) > most else text.ljust(least, ".")


def _limit(node: dict[str, Any], key: str, default: int) -> int:
    if isinstance(node.get(key), int):
        return int(node[key])
    told = _HINTS[key].search(str(node.get("description", "")))
    return int(told.group(1)) if told else default


def _text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def _without_marks(prompt: str) -> str:
    return re.sub(r"data-[0-9a-f]{16}", "data", prompt)


def _stems(text: str) -> set[str]:
    """Words down to their first five letters: enough to match over Russian inflection."""
    return {word.lower().replace("ё", "е")[:5] for word in _WORD.findall(text)}


def _with_ids(value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if isinstance(value, list):
        for item in value:
            found += _with_ids(item)
    elif isinstance(value, dict):
        if any(key == "id" or key.endswith("_id") for key in value) and not isinstance(value.get("id"), dict):
            found.append(value)
        for item in value.values():
            found += _with_ids(item)
    elif isinstance(value, str):  # choices as lines: "17 | Одежда > Платья | like: …"
        found += [{"id": identifier, "path": path} for identifier, path in _CHOICE.findall(value)]
    return found


def _ranked(items: list[dict[str, Any]], material: Material) -> list[tuple[float, Any]]:
    """(share of the product's words found in the item, its id), best first; equal ones in their given order."""
    title = _stems(material.text("title", "name", "product", "category_hint"))
    told = title | _stems(material.text("description"))
    ranked = []
    for place, item in enumerate(items):
        identifier = item.get("id", next((item[key] for key in item if key.endswith("_id")), None))
        words = _stems(" ".join(str(value) for value in item.values()))
        hits = len(words & title) * 2 + len(words & told)
        similarity = next(
            (item[key] for key in ("similarity", "score") if isinstance(item.get(key), int | float)), 0.0
        )
        ranked.append(
            (
                hits + float(similarity) - place * 0.01,
                min(1.0, hits / (2 * len(title) or 1) + 0.3),
                identifier,
            )
        )
    ranked.sort(key=lambda entry: -entry[0])
    return [(share, identifier) for _, share, identifier in ranked]


def _map_of(material: Material, name: str) -> dict[str, str]:
    for key in (name, "attributes", "params", "facts"):
        value = material.facts.get(key)
        if isinstance(value, dict):
            return {str(k): str(v) for k, v in value.items() if isinstance(v, str | int | float)}
    return {}


def _strings(material: Material, name: str, count: int, longest: int) -> list[str]:
    pairs = [f"{key}: {value}" for key, value in _map_of(material, "attributes").items()]
    if "keyword" in name or "tag" in name:
        words = dict.fromkeys(word.lower() for word in _WORD.findall(material.text("title", "name")))
        found = list(words)
    else:
        found = pairs or [material.text("title", "name") or "—"]
    return [_cut(text, longest) for text in found if text][:count]


def _description(material: Material, least: int, most: int) -> str:
    """The facts in sentences, filled up with neutral ones to about the asked length; never longer than `most`."""
    title = material.text("title", "name", "product")
    given = material.text("description")
    pairs = [f"{key}: {value}." for key, value in _map_of(material, "attributes").items()]
    neutral = _NEUTRAL_RU if material.is_russian else _NEUTRAL_EN
    shift = material.seed % len(neutral)
    parts = [f"{title}." if title else "", given, *pairs, *neutral[shift:], *neutral[:shift]]
    text = ""
    for part in parts:
        if not part:
            continue
        longer = f"{text} {part}".strip()
        if len(longer) > most:
            continue
        text = longer
    return text if text else _cut(title or neutral[0], most).ljust(least, ".")


def _paragraphs(text: str, material: Material) -> str:
    middle = text.find(". ", len(text) // 2) + 1
    pairs = "".join(
        f"<li>{key}: {value}</li>" for key, value in list(_map_of(material, "attributes").items())[:5]
    )
    listed = f"<ul>{pairs}</ul>" if pairs else ""
    if middle <= 0:
        return f"<p>{text}</p>{listed}"
    return f"<p>{text[:middle].strip()}</p>{listed}<p>{text[middle:].strip()}</p>"


def _cut(text: str, longest: int) -> str:
    """At most `longest` characters, ended at a word."""
    if len(text) <= longest:
        return text
    cut = text[: longest + 1].rsplit(" ", 1)[0]
    return (cut if 0 < len(cut) <= longest else text[:longest]).rstrip(" ,;:-–")
