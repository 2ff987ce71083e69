"""How the inbox is doing: what is counted when it happens, and the numbers that are read from it."""
