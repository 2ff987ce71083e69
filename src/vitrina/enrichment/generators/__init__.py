"""What is produced for a product: one folder per generator, always schema, prompt, offline producer and checks."""
