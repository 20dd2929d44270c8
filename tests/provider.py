"""A small sign-in provider on loopback: OpenID Connect with signed tokens, and GitLab's OAuth with its `/user`.

    provider.claims["email"] = "alice@example.org"     # whom it sends
    provider.wrong = "signature"                       # what it does wrong, of WRONGS

It checks what a provider checks: the client's secret, the redirect address, PKCE, and that a code is used once.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "tenon", "the client's secret"
WRONGS = ("signature", "audience", "issuer", "expired", "no id_token", "subject", "key", "no answer", "unsigned")


@dataclass
class Provider:
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "another" if self.wrong == "key" else "one", "alg": "RS256", "use": "sig"}]}

    def id_token(self) -> str:
        now = int(time.time())
        told = {
            "iss": "https://evil.example" if self.wrong == "issuer" else self.url,
            "aud": "somebody else" if self.wrong == "audience" else CLIENT,
            "sub": self.claims["sub"],
            "iat": now - 7200,
            "exp": now - 3600 if self.wrong == "expired" else now + 300,
        }
        if self.wrong == "unsigned":
            return jwt.encode(told, None, algorithm="none", headers={"kid": "one"})
        key = self.other_key if self.wrong == "signature" else self.key
        return jwt.encode(told, key, algorithm="RS256", headers={"kid": "one"})

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to: with a code, as whoever is there has agreed."""
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent.get("client_id"), sent.get("client_secret")) != (CLIENT, SECRET):
            return None
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        more = {"id_token": self.id_token()} if "openid" in asked["scope"] and self.wrong != "no id_token" else {}
        return {"access_token": access, "token_type": "Bearer", "expires_in": 300, **more}

    def userinfo(self) -> dict[str, Any]:
        return self.claims | ({"sub": "somebody else"} if self.wrong == "subject" else {})


class Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: Provider


class Answer(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        provider, path = self.server.provider, urlsplit(self.path).path
        provider.asked.append(path)
        asked = _flat(urlsplit(self.path).query)
        if path in ("/authorize", "/oauth/authorize"):
            self.send_response(302)
            self.send_header("Location", provider.authorize(asked))
            self.end_headers()
        elif path == "/.well-known/openid-configuration":
            self.say(provider.discovery(), 500 if provider.wrong == "no answer" else 200)
        elif path == "/keys":
            self.say(provider.keys())
        else:
            self.about_somebody(path, asked)

    def about_somebody(self, path: str, asked: dict[str, str]) -> None:
        provider = self.server.provider
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ") or asked.get("access_token", "")
        if bearer in provider.tokens and path == "/userinfo":
            self.say(provider.userinfo())
        elif bearer in provider.tokens and path == "/api/v4/user":
            self.say(provider.user)
        else:
            self.say({"error": "not here"}, 401)

    def do_POST(self) -> None:
        provider = self.server.provider
        provider.asked.append(self.path)
        given = provider.token(_flat(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.say(given or {"error": "invalid_grant"}, 200 if given else 400)

    def say(self, body: Any, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving() -> Iterator[Provider]:
    server = Server(("127.0.0.1", 0), Answer)
    server.provider = Provider(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
