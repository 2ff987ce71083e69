"""Which category a product belongs to. Front doors: `suggest.suggest` and `neighbours` (what was confirmed)."""
