"""Pictures drawn by code with what is known about them, and how well the measuring tells it.

Nothing here was photographed: «photographed» pictures are drawn ones with a camera's faults put on by code.
"""
