"""What MLflow's prompts are to the registry: models with a tag, whose versions have a text in a tag, and no files."""

from lib.errors import InvalidInput
from registry.sources import Files

# What MLflow's client says for the source that a prompt has not.
PLACEHOLDERS = ("prompt-template", "dummy-source")


def files(source: str) -> Files:
    """None; the source is kept as it was said, if it is one that a prompt may have."""
    if source and source not in PLACEHOLDERS:
        raise InvalidInput(
            f"Invalid prompt source: '{source[:500]}'. Prompt sources must use an MLflow placeholder.", field="source"
        )
    return Files(source)
