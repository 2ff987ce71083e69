"""What books ask of models."""

SCENE = "scene"  # the feature that all of them are for: one quota, one line of the costs
