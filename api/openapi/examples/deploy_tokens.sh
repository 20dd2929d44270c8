# Tokens that only read packages and models, for deployments.
DEPLOY=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=serving" --data "scopes[]=read_models" \
  --data "scopes[]=read_package_registry" "$TENON/projects/$PROJECT/deploy_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/deploy_tokens?active=true"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/projects/$PROJECT/deploy_tokens/$DEPLOY"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/projects/$PROJECT/deploy_tokens/$DEPLOY"
ME=$(curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/user" | jq -r .id)
GROUP=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=G" --data "path=deploy-$ME" "$TENON/groups" | jq -r .id)
DEPLOY=$(curl --header "PRIVATE-TOKEN: $TOKEN" --data "name=serving" --data "scopes[]=read_models" \
  --data "scopes[]=read_package_registry" "$TENON/groups/$GROUP/deploy_tokens" | jq -r .id)
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/deploy_tokens?active=true"
curl --header "PRIVATE-TOKEN: $TOKEN" "$TENON/groups/$GROUP/deploy_tokens/$DEPLOY"
curl --header "PRIVATE-TOKEN: $TOKEN" --request DELETE "$TENON/groups/$GROUP/deploy_tokens/$DEPLOY"
curl --header "PRIVATE-TOKEN: $ADMIN_TOKEN" "$TENON/deploy_tokens"
