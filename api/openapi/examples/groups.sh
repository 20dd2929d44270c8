# Groups, nested at will, and the namespaces that projects may live in.
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Risk" --data "path=risk-$ME" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Cards" --data "path=cards" --data "parent_id=$GROUP" "$TENON/groups"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups?owned=true&search=risk"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/subgroups"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/descendant_groups"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "description=Credit risk" "$TENON/groups/$GROUP"
OTHER=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Bank" --data "path=bank-$ME" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/transfer_locations"
curl --header "PRIVATE-TOKEN: $TOKEN" --data "group_id=$OTHER" "$TENON/groups/$GROUP/transfer"
curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/groups/$GROUP/transfer"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/namespaces?search=risk"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/namespaces/$GROUP"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/namespaces/risk-$ME/exists"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/audit_events"
EVENT=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/audit_events?per_page=1" | jq -r '.[0].id')
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/audit_events/$EVENT"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/groups/$GROUP"
