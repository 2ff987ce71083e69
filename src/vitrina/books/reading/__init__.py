"""Reading a book: a file in, its chapters out. Pure but for `apart`, which does it in a process with limits."""
