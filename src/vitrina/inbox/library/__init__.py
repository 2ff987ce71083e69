"""Earlier answers that a person approved: what enters the library, what a draft is written after, what is withdrawn.

A new answer makes no draft stale: the next drafts know it. What is withdrawn (switched off, deleted, rejected by
moderation) makes those open drafts stale that were written after it, and no others.
"""
