"""Measurements of the running service, alone and beside its peers; README.md says which, and how to read them.

Nothing in here is imported by the service, and nothing in here imports it but for `lib.progress`: what is measured is a
process of its own, started as everybody starts it.
"""
