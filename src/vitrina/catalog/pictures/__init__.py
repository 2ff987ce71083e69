"""The pictures of products: fetched once, kept in three sizes, measured, shown."""
