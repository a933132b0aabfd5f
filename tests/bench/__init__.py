"""How fast it is: two databases of invented people, and how long their pages take.

`make bench` fills a database of 1,000 and one of 1,000,000 posts, opens the same pages of both
under gunicorn, and prints what each costs beside what the machine allows. tests/test_bench.py
runs all of it in small, so that it never rots. What the table means: docs/guides/speed.md.
"""
