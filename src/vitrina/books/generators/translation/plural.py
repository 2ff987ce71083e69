"""The English plural of a gloss. Pure."""

from __future__ import annotations

_IRREGULAR = {
    "man": "men", "woman": "women", "child": "children", "person": "people", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "ox": "oxen", "leaf": "leaves", "shelf": "shelves", "knife": "knives",
    "wolf": "wolves", "thief": "thieves", "loaf": "loaves", "scarf": "scarves", "calf": "calves", "elf": "elves",
    "dwarf": "dwarfs", "footman": "footmen", "fisherman": "fishermen", "watchman": "watchmen", "policeman": "policemen",
    "coachman": "coachmen", "cabman": "cabmen", "Frenchman": "Frenchmen", "gentleman": "gentlemen", "seaman": "seamen",
    "nobleman": "noblemen", "horseman": "horsemen", "huntsman": "huntsmen", "Englishman": "Englishmen",
    "potato": "potatoes", "hero": "heroes", "echo": "echoes", "torch": "torches", "she-wolf": "she-wolves",
}  # fmt: skip
# One and many are the same word, or there is no many.
_UNCOUNTED = frozenset(
    {
     "hair", "snow", "water", "gold", "silver", "fog", "foliage", "grass", "clothes", "attire", "firewood",
     "hay", "straw", "rain", "light", "darkness", "thunder", "furniture", "lace", "velvet", "silk", "satin",
     "fur", "linen", "wool", "sheep", "deer", "fish", "cattle", "game", "music", "singing", "laughter",
     "twilight", "dust", "mud", "sand", "clay", "bread", "meat", "cheese", "salt", "sugar", "tea", "coffee",
     "wine", "milk", "butter", "honey", "air", "smoke", "steam", "haze", "armour", "plate", "chain", "rye",
     "wheat", "oats", "barley", "hemp", "flax", "greenery", "moss", "ivy", "heather", "brushwood", "gravel",
     "foam", "ice", "blood", "white", "black", "blue", "green", "wallpaper", "parquet", "glass", "crystal",
     "porcelain", "marble", "granite", "iron", "steel", "copper", "bronze", "embroidery", "gilding",
     "paint", "money", "gunpowder", "silence", "frost", "heat", "cold", "weather", "retinue", "cavalry",
     "infantry", "reeds", "paper", "pike", "noon", "midnight", "dawn", "dusk", "radiance", "gloom", "surf",
     "lava", "coral", "seashell", "undergrowth"
    }
)  # fmt: skip


def plural(english: str) -> str:
    """«old man» → «old men»; what stands behind «of» stays as it is."""
    head, mark, rest = english.partition(" of ")
    before, _, word = head.rpartition(" ")
    return " ".join(filter(None, (before, _plural(word)))) + mark + rest


def _plural(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _UNCOUNTED or word.endswith("s") or word in _IRREGULAR.values():
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("x", "ch", "sh", "z")) else "s")
