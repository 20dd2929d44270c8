# Who has which role in a project or group: Guest 10, Reporter 20, Developer 30, Maintainer 40, Owner 50.
curl --header "PRIVATE-TOKEN: $TOKEN" --data "user_id=$COLLEAGUE" --data "access_level=20" "$TENON/projects/$PROJECT/members"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/members"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/members/all?query=m"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/members/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/members/all/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "access_level=30" "$TENON/projects/$PROJECT/members/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/members/$COLLEAGUE"
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=G" --data "path=members-$ME" "$TENON/groups" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --data "user_id=$COLLEAGUE" --data "access_level=20" "$TENON/groups/$GROUP/members"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/members"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/members/all?query=m"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/members/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/members/all/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "access_level=30" "$TENON/groups/$GROUP/members/$COLLEAGUE"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/groups/$GROUP/members/$COLLEAGUE"
