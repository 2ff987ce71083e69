"""The asynchronous library inside the engine: wire, parsing, routing, limits. Imports no Django."""
