"""Suppliers' sites: pages with schema.org, microdata or OpenGraph in them, and the site maps that lead there."""
