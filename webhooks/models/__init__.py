from webhooks.models.delivery import Delivery, DeliveryStatus
from webhooks.models.webhook import Webhook, WebhookStatus

__all__ = ["Delivery", "DeliveryStatus", "Webhook", "WebhookStatus"]
