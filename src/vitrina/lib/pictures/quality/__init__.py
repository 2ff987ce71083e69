"""How good a picture is that was ordered: a score of 100, a level, and every issue in words.

Front door: `lib.pictures.judge_apart(data, media_type, expected)`, in a process that may be lost; the picture is opened once, and
what it was prepared to comes along. `judging.judge` does the same in this process.
"""
