"""People, sellers, roles and rights.

Front doors: `roles` (who may), `models`, `doors` (from a request to an object), `tokens`, `audit`, `first_admin`.
"""
