"""What the lower floors did and must be remembered. Who writes it down stands above them: `settings.ON_DEED`."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def tell(action: str, **what: Any) -> None:
    """The parameters are those of `audit.services.events.record`. Call it inside the transaction of the deed."""
    import_string(settings.ON_DEED)(action, **what)
