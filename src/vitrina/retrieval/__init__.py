"""Nearest texts: categories, confirmed products, description templates.

Front doors: `retrieval.documents` (what can be found is written here, in the caller's transaction) and
`retrieval.nearest` (what is found). The index behind them is derived: it catches up with the rows by itself
and can be rebuilt from them at any time.
"""
