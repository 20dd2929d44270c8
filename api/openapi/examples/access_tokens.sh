# Tokens of a project or group: each has a bot that is a member of just that place.
BOT=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=nightly" --data "scopes[]=write_experiments" --data "access_level=30" \
  "$TENON/projects/$PROJECT/access_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/access_tokens?state=active"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/access_tokens/$BOT"
BOT=$(curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/projects/$PROJECT/access_tokens/$BOT/rotate" | jq -r .id)
SECRET=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=weekly" --data "scopes[]=self_rotate" "$TENON/projects/$PROJECT/access_tokens" | jq -r .token)
curl --header "PRIVATE-TOKEN: $SECRET" --request POST "$TENON/projects/$PROJECT/access_tokens/self/rotate"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/access_tokens/$BOT"
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=G" --data "path=tokens-$ME" "$TENON/groups" | jq -r .id)
BOT=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=nightly" --data "scopes[]=write_experiments" --data "access_level=30" \
  "$TENON/groups/$GROUP/access_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/access_tokens?state=active"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/access_tokens/$BOT"
BOT=$(curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/groups/$GROUP/access_tokens/$BOT/rotate" | jq -r .id)
SECRET=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=weekly" --data "scopes[]=self_rotate" "$TENON/groups/$GROUP/access_tokens" | jq -r .token)
curl --header "PRIVATE-TOKEN: $SECRET" --request POST "$TENON/groups/$GROUP/access_tokens/self/rotate"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/groups/$GROUP/access_tokens/$BOT"
