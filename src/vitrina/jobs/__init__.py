"""Durable work: the row is the truth, Celery is the doorbell.

Front door, one deed a module: `enqueue.enqueue`, `batches.start`, `registry.handler` and `registry.feeder`,
`schedule.scheduled`, `outcomes`, `control`, `events`, `worker.Worker`, `metrics.measure`.
"""
