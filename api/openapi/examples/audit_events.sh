# What was done in a project; and, for administrators, everywhere.
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/audit_events?sort=asc"
EVENT=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/audit_events?per_page=1" | jq -r '.[0].id')
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/audit_events/$EVENT"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" "$TENON/audit_events?entity_type=Project"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" "$TENON/audit_events/$EVENT"
