"""CI's pipelines and jobs, as far as runs and files refer to them.

A job becomes known here when a run names it; hooks and id tokens that tell more of it will live here too.
"""
