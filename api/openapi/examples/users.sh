# People: oneself, and what administrators do with others.
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user"
PERSON=$(curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --data "username=dee.$RANDOM$RANDOM" --data "name=Dee" \
  --data "email=dee@example.com" --data "force_random_password=true" "$TENON/users" | jq -r .id)
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" "$TENON/users?search=dee&humans=true"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" "$TENON/users/$PERSON"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --request PUT --data "name=Dee Dee" "$TENON/users/$PERSON"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --data "name=laptop" --data "scopes[]=read_api" \
  "$TENON/users/$PERSON/personal_access_tokens"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --request POST "$TENON/users/$PERSON/block"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --request POST "$TENON/users/$PERSON/unblock"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" --request DELETE "$TENON/users/$PERSON"
