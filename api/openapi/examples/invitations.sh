# Whoever has no account yet is invited by e-mail. Where no mail leaves the service, the answer has the link to pass on.
curl --header "PRIVATE-TOKEN: $TOKEN" --data "email=new@example.com" --data "access_level=20" "$TENON/projects/$PROJECT/invitations"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/invitations?query=new"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "access_level=30" "$TENON/projects/$PROJECT/invitations/new@example.com"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/invitations/new@example.com"
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=G" --data "path=invitations-$ME" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --data "email=new@example.com" --data "access_level=20" "$TENON/groups/$GROUP/invitations"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/invitations"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "access_level=30" "$TENON/groups/$GROUP/invitations/new@example.com"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/groups/$GROUP/invitations/new@example.com"
