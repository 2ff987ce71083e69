"""Every performance figure of Vitrina, beside its limit or its peer: `python -m bench [names]`."""
