"""The pictures of the sample shop, drawn by code: the same bytes every time, and nothing from outside.

`drawn.picture` answers for an address of the feed; recipes by what is sold: `clothes`, `shoes`, `beauty`, `home` ….
"""
