"""What every door of the REST API shares: recognition, problems, paging by cursor, asking twice, throttling.

Front doors: `doors.Door` and `doors.operation`, `problems.Problem` and `problems.told_as`, `paging.page`,
`fields`, `recognition.recognised`.
"""
