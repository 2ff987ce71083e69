"""The marketplaces: what buyers say there is read, what sellers answer is brought there."""
