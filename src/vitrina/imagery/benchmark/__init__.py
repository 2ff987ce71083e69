"""The quality check measured on pictures drawn by code: clean ones, hard ones among them, and each of them broken in every way.

Nothing here was photographed or drawn by a model. Front door: `figures.measured`; the command is `benchmark_images --gate`.
"""
