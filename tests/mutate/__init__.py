"""Permission conditions taken away one at a time: does a test notice?

`make mutate-access` prints each of them, and whether one was caught. sites.py says what counts as
a condition; every module is rewritten while it is imported so that each condition can be switched
off (switch.py) without touching a file; runner.py runs the tests that meet a condition until one
of them fails.
"""
