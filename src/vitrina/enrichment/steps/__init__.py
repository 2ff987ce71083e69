"""The steps of a run, one file each; their order is `vitrina.enrichment.pipeline.STEPS`."""
