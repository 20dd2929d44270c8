# One's own tokens. The secret is in the answer to the call that makes it, and nowhere else.
ONE=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=laptop" --data "scopes[]=api" \
  "$TENON/user/personal_access_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/personal_access_tokens?state=active"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/personal_access_tokens/$ONE"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/personal_access_tokens/self"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/personal_access_tokens/self/associations"
NEW=$(curl --header "PRIVATE-TOKEN: $TOKEN" --request POST "$TENON/personal_access_tokens/$ONE/rotate" | jq -r .token)
NEWER=$(curl --header "PRIVATE-TOKEN: $NEW" --request POST "$TENON/personal_access_tokens/self/rotate" | jq -r .token)
curl --header "PRIVATE-TOKEN: $NEWER" --request DELETE "$TENON/personal_access_tokens/self"
TWO=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=old" --data "scopes[]=read_api" \
  "$TENON/user/personal_access_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/personal_access_tokens/$TWO"
