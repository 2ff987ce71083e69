"""The sample shop: a tree, a supplier's feed with real-life dirt, templates; all written for this project."""
