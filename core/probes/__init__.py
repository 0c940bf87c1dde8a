"""Live checks: ask a backend's provider whether it can be reached, whether it takes the key, and what it serves.

Nothing here goes out by itself: a plan is made first, pure and without secrets, and only who runs it sends anything.
"""
