"""Pictures that are drawn without any service, plainly marked: a scene, a car, a product, told by the prompt's words."""

from vitrina.imagery.placeholder.drawing import placeholder

__all__ = ["placeholder"]
