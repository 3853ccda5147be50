"""The example of docs/notifications.md verifies, and no change of it does."""

import json
from pathlib import Path

from http_message_signatures import HTTPMessageSignaturesException
from verify import Request, verify

TAG = "fdx-notification"


def main():
    vector = json.loads((Path(__file__).parent / "vector.json").read_text())
    headers, body = vector["headers"], vector["body"].encode()
    request = Request(vector["method"], vector["url"], headers)
    now = vector["received_at"]
    verify(request, body, vector["jwks"], TAG, now)

    another_key = json.loads(json.dumps(vector["jwks"]).replace('"kid": "y', '"kid": "z'))
    later = headers | {"date": "Sun, 22 Nov 2026 12:00:01 GMT"}
    fewer = headers | {"signature-input": headers["signature-input"].replace('"date" ', "")}
    changes = {
        "another method": (request._replace(method="PUT"), body, vector["jwks"], TAG, now),
        "another URL": (request._replace(url=request.url + "2"), body, vector["jwks"], TAG, now),
        "another body": (request, body + b" ", vector["jwks"], TAG, now),
        "another date": (request._replace(headers=later), body, vector["jwks"], TAG, now),
        "less covered": (request._replace(headers=fewer), body, vector["jwks"], TAG, now),
        "another tag": (request, body, vector["jwks"], TAG + "-challenge", now),
        "an unknown key": (request, body, another_key, TAG, now),
        "too late": (request, body, vector["jwks"], TAG, now + 300),
        "too early": (request, body, vector["jwks"], TAG, now - 120),
    }
    for name, changed in changes.items():
        try:
            verify(*changed)
        except HTTPMessageSignaturesException:
            continue
        raise SystemExit(f"{name}: verified all the same")
    print(f"the documented example verifies; {len(changes)} changes of it do not")


main()
