"""The words of a choice.

Django's own `get_…_display` puts all the words of a field together anew for every row that asks: in a list of fifty
rows that was a tenth of the page.
"""

from __future__ import annotations

from django.db.models import TextChoices


def words_of(choices: type[TextChoices], value: str) -> str:
    """In the language of whoever reads; a value that is no choice any more is its own word."""
    try:
        return str(choices(value).label)
    except ValueError:
        return value
