"""Every call to a model.

Front doors: `engine.ask.ask`, `engine.embed.embed`, `engine.calling.call` (services that are no text models), `engine.generators` (Generator, register), `engine.errors`,
`engine.images.ImagePart`, `engine.models.ModelCall` (the ledger, to read), `engine.expiry.clear_expired`.
"""
