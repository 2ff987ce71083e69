"""Product shots: what a product is drawn like for its card, from its own photo."""
