"""One file per picture service: what it can do as a record, and how it is asked."""
