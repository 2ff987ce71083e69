"""Pictures from outside: opened safely, made small, told apart, judged.

Front door: `prepare_apart` gives a `Prepared` or raises `PictureRefused`, whatever the bytes are; `judge_apart` says how good a
picture is that was ordered, and prepares it; `end` lets their processes go. Whoever drew a picture themselves may call
`preparing.prepare` or `quality.judging.judge` in their own process.
"""

from vitrina.lib.pictures.pool import end, judge_apart, prepare_apart
from vitrina.lib.pictures.prepared import PictureRefused, Prepared
from vitrina.lib.pictures.quality.judged import Expected, Issue, Judged

__all__ = ["Expected", "Issue", "Judged", "PictureRefused", "Prepared", "end", "judge_apart", "prepare_apart"]
