"""Registered models, their versions, aliases and stages.

A version has two names: `number`, which MLflow's `version` field shows, and `semver`, which people say;
`registry.lookup` finds it by either, by `latest`, by an alias or by a range. It is backed by a run, which holds its
params and metrics, and its files are artifacts of that run or of a logged model: nothing is copied, and no `source`
is ever opened. Prompts are registered models with a tag, kept apart in lists; their versions have neither run nor
files.

What changes a model, a version or an alias is one function in `registry.services`, which ends in
`services.events.happened`. Whoever reads starts at `project.registered_models`.
"""
