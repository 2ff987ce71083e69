"""The catalogue: feeds in, products, categories, cards out.

Front doors: `intake.receive_many`, `importing.start`, `facts.facts`, `search.find`, `categories.sync`,
`currency.to_rub`, `export.write`, `exporting.start`, `limits.target`, `cards.cards`.
"""
