"""Books: their chapters, the passages worth a picture, and the people and places that must look the same."""
