"""What a text says about a product, read without a model: quantities, sizes, colours, materials, countries, names.

Both sides of an enrichment stand on it: `mentions.read` finds claims for the checks and values for the attributes.
Pure: no Django.
"""
