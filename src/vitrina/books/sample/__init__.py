"""The sample book of the sample shop: a short story of our own, and its placeholder pictures."""
