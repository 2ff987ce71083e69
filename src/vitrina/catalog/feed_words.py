"""Why a file is no feed, in the reader's language: `lib.feeds` says it in English and knows no translations."""

from __future__ import annotations

from django.utils.translation import gettext

from vitrina.lib.sentences import gettext_noop

KNOWN = (
    gettext_noop("The file is empty."),
    gettext_noop("This is a login page, not a feed: the address asks for a name and a password."),
    gettext_noop(
        "This is a web page (HTML), not a feed, whatever its name says. Open it in a spreadsheet program and save it as .xlsx, or ask for the feed's own address."
    ),
    gettext_noop("This is one JSON document; a JSON feed has one object per line (JSON Lines)."),
    gettext_noop("This is a binary file of an unknown kind, not a feed."),
    gettext_noop("The file begins like XML and holds none."),
    gettext_noop(
        "The file looks like plain text: its first line has no columns parted by «;», «,», «|» or a tab."
    ),
    gettext_noop("The workbook's first sheet is empty."),
    gettext_noop(
        "This is an old Excel workbook (.xls), or a workbook with a password. Save it as .xlsx without one."
    ),
    gettext_noop("This is a PDF document."),
    gettext_noop("This is a picture."),
    gettext_noop("This is a gzip archive. Unpack it first."),
    gettext_noop("This is a RAR archive. Unpack it first."),
    gettext_noop("This is a ZIP archive, not a workbook. Unpack it and send the feed itself."),
)
KEPT = gettext_noop("The catalogue is as it was.")


def error_words(sentence: str) -> str:
    """What has no translation stays as it was said."""
    body, _space, end = sentence.rpartition(f" {KEPT}")
    if body and not end:
        return f"{gettext(body)} {gettext(KEPT)}"
    return gettext(sentence) if sentence else ""
