"""What a reply may not say, or should not: rules as data, checks as pure functions."""
