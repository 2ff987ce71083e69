"""Everything that a text states, read once: the ground of checks and of extracted attributes."""

from __future__ import annotations

from functools import lru_cache

from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.names import read_names
from vitrina.enrichment.reading.quantities import read_quantities
from vitrina.enrichment.reading.vocabulary import read_vocabulary


@lru_cache(maxsize=4_096)
def read(text: str) -> tuple[Mention, ...]:
    """All mentions in the order of the text. Cached: facts are read for the checks and for the attributes alike."""
    found = [*read_quantities(text), *read_vocabulary(text)]
    taken = [(mention.start, mention.end) for mention in found if mention.kind is not Kind.NUMBER]
    # «2 Ah» and «Portuguese» are a quantity and a country before they are names
    found += [
        name
        for name in read_names(text)
        if not any(start < name.end and name.start < end for start, end in taken)
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda mention: (mention.start, mention.end)))
