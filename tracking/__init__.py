"""Experiments and what is logged to them: runs, metrics, params, tags, datasets and logged models.

Files are not kept here but in packages; named releases of models belong to the registry.
"""
