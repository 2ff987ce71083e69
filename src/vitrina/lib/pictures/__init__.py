"""Pictures from outside: opened safely, made small, told apart.

Front door: `prepare_apart` gives a `Prepared` or raises `PictureRefused`, whatever the bytes are; `end` lets its
processes go. Whoever drew a picture themselves may call `preparing.prepare` in their own process.
"""

from vitrina.lib.pictures.pool import end, prepare_apart
from vitrina.lib.pictures.prepared import PictureRefused, Prepared

__all__ = ["PictureRefused", "Prepared", "end", "prepare_apart"]
