"""Outgoing webhooks: what happens in a project is told to addresses that its maintainers have chosen.

Whoever changes something says so in the transaction of the change, with one call:

    from webhooks import payloads
    from webhooks.services import events

    events.happened(project, *payloads.model_version_created("fraud", "3", source="runs:/…", run_id="…", tags={}))

It costs one query where no webhook listens. A function of `payloads` takes plain values and gives an entity, an action
and the data that MLflow says of it. `happened` writes a delivery a webhook into the same transaction (an outbox);
after the commit a task sends it, again and again until it is taken or given up. A catch-up finds what a dead worker
left: each delivery arrives at least once, always with the same delivery id. Deliveries have no order.
"""
