# Run once by docker-compose.yml: the schema, the portal's registration, the sample consumers.
set -eu
concordat migrate
cat >/tmp/portal.json <<'JSON'
{
  "client_name": "Reference portal",
  "profile": "solution",
  "token_endpoint_auth_method": "client_secret_basic",
  "sender_constraint": "none",
  "scope": "external:resources:read external:resources:write participantuser:consents:read participantuser:consents:write"
}
JSON
concordat client register /tmp/portal.json --id portal --secret-file /pki/portal-client-secret
for folder in /samples/*/; do
    user=$(basename "$folder")
    echo "$user-password" | concordat user add "$user"
    for file in "$folder"*.ofx; do concordat import ofx "$file" --user "$user"; done
    for file in "$folder"*.json; do [ ! -e "$file" ] || concordat import fdx "$file" --user "$user"; done
done
