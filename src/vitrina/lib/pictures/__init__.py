"""Pictures from outside: opened safely, made small, told apart.

Front door: `prepare_apart` gives a `Prepared` or raises `PictureRefused`, whatever the bytes are. Whoever has a picture
of their own at hand and time to wait may call `preparing.prepare` in their own process.
"""

from vitrina.lib.pictures.pool import prepare_apart
from vitrina.lib.pictures.prepared import PictureRefused, Prepared

__all__ = ["PictureRefused", "Prepared", "prepare_apart"]
