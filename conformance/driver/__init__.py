"""The driver: creates each plan over the suite's REST API, runs its modules, and compares with what is expected.

Standard library only; `openssl` makes the keys. Read `main.py` first, then `plans.py`.
"""
