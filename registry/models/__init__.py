from registry.models.alias import Alias, AliasMove, ProtectedAlias
from registry.models.model_version import ModelVersion, ModelVersionTag, Stage
from registry.models.registered_model import RegisteredModel, RegisteredModelTag
from registry.models.rules import RegistryRules

__all__ = [
    "Alias",
    "AliasMove",
    "ModelVersion",
    "ModelVersionTag",
    "ProtectedAlias",
    "RegisteredModel",
    "RegisteredModelTag",
    "RegistryRules",
    "Stage",
]
