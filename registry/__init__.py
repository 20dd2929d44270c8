"""Registered models and their versions.

The room is laid out but not furnished: its API answers that it is not offered yet.
"""
