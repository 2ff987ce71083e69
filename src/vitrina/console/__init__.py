"""The studio's pages: base templates, navigation, live events, Today, products, health and metrics.

It stands above the rooms and imports them; none imports it.
"""
