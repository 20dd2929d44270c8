# Projects. $TENON is the API's address, as https://tenon.example.com/api/v4, $TOKEN a token with the scope `api`.
PROJECT=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Churn" --data "visibility=private" "$TENON/projects" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects?membership=true&order_by=name&sort=asc"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "description=Who will leave" "$TENON/projects/$PROJECT"
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/users/$ME/projects"
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=Analytics" --data "path=analytics-$ME" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/transfer_locations"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "namespace=$GROUP" "$TENON/projects/$PROJECT/transfer"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/projects?include_subgroups=true"
curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/projects/$PROJECT/archive"
curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/projects/$PROJECT/unarchive"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT"
curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/projects/$PROJECT/restore"
