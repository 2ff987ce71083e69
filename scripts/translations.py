"""The Russian words of the studio: gather what the code says, compile what was translated.

    python scripts/translations.py update    new strings into the .po, gone ones out, the .mo compiled anew
    python scripts/check_translations.py     fails on a missing, fuzzy or stale translation

Pure Python: nobody needs gettext's own tools.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "vitrina"
PO = PACKAGE / "locale" / "ru" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

# name → how many leading arguments are (context, singular, plural); "n" has a plural, "p" a context
CALLS = {
    **dict.fromkeys(["_", "_l", "gettext", "gettext_lazy", "gettext_noop"], "s"),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], "sn"),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], "ps"),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], "psn"),
}
_TEMPLATE_CALL = re.compile(r"\b(gettext|ngettext|pgettext|npgettext|_)\(")


def said() -> Catalog:
    """Every string that the package gives to gettext, with the files that say it."""
    catalog = Catalog(locale="ru", project="Vitrina", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        if "tests" in parts or "migrations" in parts:
            continue
        if path.suffix == ".py":
            found = _in_python(path)
        elif "templates" in parts and path.suffix in {".html", ".txt"}:
            found = _in_template(path)
        else:
            continue
        for context, singular, plural in found:
            catalog.add((singular, plural) if plural else singular, context=context)
    return catalog


Said = tuple[str | None, str, str | None]  # context, singular, plural


def _in_python(path: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS:
                yield from _of_call(name, node)


def _in_template(path: Path) -> Iterator[Said]:
    code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in _TEMPLATE_CALL.finditer(code):
        # The rest of the line is filler that no parser understands: cut at the bracket that makes it whole.
        start, end = match.start(), match.end()
        while (end := code.find(")", end) + 1) > 0:
            try:
                node = ast.parse(code[start:end], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(node, ast.Call):
                yield from _of_call(match.group(1), node)
            break


def _of_call(name: str, node: ast.Call) -> Iterator[Said]:
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    shape = CALLS[name]
    if len(texts) < len(shape):
        return  # a variable: its string is marked where it is written
    context = texts.pop(0) if shape.startswith("p") else None
    yield context, texts[0], texts[1] if shape.endswith("n") else None


def translated() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="ru")


def compiled() -> dict[tuple[str | None, str], tuple[str, ...]]:
    """What the .mo says, string by string."""
    with MO.open("rb") as file:
        return {key(message): forms(message) for message in read_mo(file) if message.id}


def as_mo(catalog: Catalog) -> bytes:
    # The same words give the same bytes, whenever they are compiled.
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def key(message: Message) -> tuple[str | None, str]:
    # A context comes out of a compiled catalogue as bytes.
    context = message.context.decode() if isinstance(message.context, bytes) else message.context
    return context, message.id if isinstance(message.id, str) else message.id[0]


def forms(message: Message) -> tuple[str, ...]:
    """The translation: one form, or one for each plural; empty where there is none."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def update() -> None:
    """Keep every translation that is still wanted; list what has none yet."""
    known = {key(message): message for message in translated() if message.id} if PO.exists() else {}
    catalog = said()
    missing = 0
    for message in catalog:
        if not message.id:
            continue
        old = known.get(key(message))
        if old is not None and isinstance(old.id, str) == isinstance(message.id, str):
            message.string = old.string
        if not forms(message) or not all(forms(message)):
            missing += 1
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalog, sort_output=True, omit_header=False, width=0)
    # Dates would change the file with every run.
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By)[^\n]*\n',
        "",
        PO.read_text(encoding="utf-8"),
    )
    text = re.sub(r"\A(#[^\n]*\n)+", "# The Russian words of Vitrina.\n", text)
    PO.write_text(text, encoding="utf-8")
    MO.write_bytes(as_mo(translated()))
    print(f"{len(catalog)} strings, {missing} without a translation: {PO.relative_to(ROOT)}")


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit(__doc__)
    settings.configure(USE_I18N=True)
    update()
