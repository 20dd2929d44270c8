"""The database's own refusal to change or remove an audit event, whoever asks."""

WHAT = "audit events are never changed or removed"

SQLITE = {
    event: f"CREATE TRIGGER audit_event_no_{event} BEFORE {event.upper()} ON audit_auditevent "
    f"BEGIN SELECT RAISE(ABORT, '{WHAT}'); END"
    for event in ("update", "delete")
}

POSTGRESQL = {
    "function": f"CREATE OR REPLACE FUNCTION audit_event_kept() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WHAT}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "trigger": "CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_auditevent "
    "FOR EACH ROW EXECUTE FUNCTION audit_event_kept()",
}


def statements(vendor: str) -> list[str]:
    return list((SQLITE if vendor == "sqlite" else POSTGRESQL).values())
