"""What the pictures of a product show: by a model that looks at them, or by what their pixels say."""
