"""A recipient in another language: subscribes at a running platform, answers the challenge, and verifies what it is sent.

Needs `up.json`, as `concordat up` writes it, and nothing of ours but that.
"""

import json
import queue
import ssl
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from http_message_signatures import HTTPMessageSignaturesException
from verify import Request, verify

PATIENCE = 30


class Callback:
    """A TLS server that lets in only callers with a certificate of the platform's authority."""

    def __init__(self, certificate, key, authority):
        self.arrived = queue.Queue()
        arrived = self.arrived

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                caller = dict(pair for part in self.connection.getpeercert()["subject"] for pair in part)
                arrived.put((self.path, headers, body, caller["commonName"]))
                challenge = json.loads(body).get("challenge")
                answer = json.dumps({"challenge": challenge}).encode() if challenge else b""
                self.send_response(200 if challenge else 204)
                if challenge:
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.origin = f"https://localhost:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def next(self):
        return self.arrived.get(timeout=PATIENCE)


class Recipient:
    """A client that proves itself by its certificate."""

    def __init__(self, facts):
        client = next(c for c in facts["clients"] if c["auth_method"] == "tls_client_auth")
        self.facts, self.client_id = facts, client["client_id"]
        self.context = ssl.create_default_context(cafile=facts["ca"])
        self.context.load_cert_chain(client["certificate"], client["certificate_key"])
        form = {
            "grant_type": "client_credentials",
            "scope": "fdx:notifications:subscribe",
            "client_id": self.client_id,
        }
        token = self.call("POST", facts["mtls_endpoints"]["token_endpoint"], urllib.parse.urlencode(form).encode())
        self.token = token["access_token"]

    def call(self, method, url, body=None, headers=()):
        request = urllib.request.Request(url, body, dict(headers), method=method)
        with urllib.request.urlopen(request, context=self.context, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def events(self, method, path, body=None):
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "x-fapi-interaction-id": str(uuid.uuid4()),
        }
        url = f"{self.facts['fdx']}/events{path}"
        return self.call(method, url, json.dumps(body).encode() if body else None, headers)


def main(facts_file):
    facts = json.loads(Path(facts_file).read_text())
    pki = Path(facts["ca"]).parent
    callback = Callback(pki / "server.pem", pki / "server.key", facts["ca"])
    recipient = Recipient(facts)
    jwks = recipient.call("GET", facts["endpoints"]["jwks_uri"])
    url = f"{callback.origin}/fdx?bank=1"
    subscription = {
        "type": "CONSENT_REVOKED",
        "category": "CONSENT",
        "callbackUrl": url,
        "subscriber": {"name": "Interop", "type": "DATA_RECIPIENT"},
        "subscriptionId": f"interop-{uuid.uuid4().hex[:12]}",
    }
    recipient.events("POST", "/notification-subscriptions", subscription)
    path, headers, body, caller = callback.next()
    request = Request("POST", callback.origin + path, headers)
    verify(request, body, jwks, "fdx-notification-challenge", time.time())
    print(f"a challenge came from {caller!r}, and its signature verifies")

    recipient.events("POST", f"/notification-subscriptions/{subscription['subscriptionId']}/test")
    path, headers, body, _ = callback.next()
    request = Request("POST", callback.origin + path, headers)
    verify(request, body, jwks, "fdx-notification", time.time())
    notification = json.loads(body)
    assert notification["subscriptionId"] == subscription["subscriptionId"] and notification["sequence"] == 1
    print(f"a notification of type {notification['type']} came, and its signature verifies")
    for name, changed, changed_body in (
        ("another URL", request._replace(url=request.url + "x"), body),
        ("another body", request, body.replace(b'"sequence":1', b'"sequence":2')),
    ):
        try:
            verify(changed, changed_body, jwks, "fdx-notification", time.time())
        except HTTPMessageSignaturesException:
            continue
        raise SystemExit(f"{name}: verified all the same")
    polled = recipient.events("GET", "/notifications?limit=100")
    assert notification in polled["notifications"], polled
    print("polling gives the same notification")


main(sys.argv[1])
