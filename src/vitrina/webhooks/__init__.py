"""News for other programs: signed, in order, tried until they arrive.

Front door: `announce.announce`. A room above says that something happened, in its own transaction.
"""
