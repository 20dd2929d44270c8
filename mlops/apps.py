from django.apps import AppConfig
from django.core import checks


class MlopsConfig(AppConfig):
    name = "mlops"

    def ready(self) -> None:
        from mlops.checks import production

        checks.register(production, checks.Tags.security, deploy=True)
