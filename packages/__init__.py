"""Versioned holders of files, and where their bytes lie.

Every artifact of a run, logged model or model version is a file of a package; people can keep generic packages too.
`packages.paths` alone decides whether a relative path may exist; `packages.store` alone speaks to the storage.
"""
