"""Measure categorisation on labelled products. Front door: `run.run`; the command is `benchmark_ai`."""
