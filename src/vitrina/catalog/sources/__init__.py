"""Where listings come from again and again: feeds by address, suppliers' pages, marketplaces, Instagram."""
