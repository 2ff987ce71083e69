"""What a person writes by themselves: the opening words that are ready for it, and what to look at first."""
