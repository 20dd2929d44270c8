# Addresses that are told of what happens to models.
HOOK=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "url=$RECEIVER" --data "token=secret" \
  --data "events[]=model_version.created" "$TENON/projects/$PROJECT/hooks" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/hooks"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/hooks/$HOOK"
curl --header "PRIVATE-TOKEN: $TOKEN" --request PUT --data "name=Releases" "$TENON/projects/$PROJECT/hooks/$HOOK"
curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/projects/$PROJECT/hooks/$HOOK/test/model_version.created"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/hooks/$HOOK"
