"""Keys and certificates, made by `openssl`; and a key as the JWK that the suite and the registration want."""

import base64
import subprocess

OPTIONS = {
    "PS256": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ES256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
}

PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi"}


def generate(algorithm: str) -> str:
    """A new key, PKCS #8 PEM."""
    return _openssl("genpkey", *OPTIONS[algorithm]).decode()


def certificate(key: str, name: str) -> str:
    """A certificate of that key which nobody but itself signed, PEM; good for 30 days."""
    usage = ["-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE"]
    of_whom = ["-key", "/dev/stdin", "-subj", f"/CN={name}", "-days", "30"]
    return _openssl("req", "-x509", *of_whom, *usage, stdin=key).decode()


def private_jwk(key: str, algorithm: str, kid: str) -> dict:
    """The key with its private members."""
    # The traditional form: RSAPrivateKey (RFC8017-A.1.2) or ECPrivateKey (RFC5915-3).
    kind = "rsa" if algorithm == "PS256" else "ec"
    der = _openssl(kind, "-outform", "DER", *(["-traditional"] if kind == "rsa" else []), stdin=key)
    parts = _parts(_content(der))
    head = {"kid": kid, "use": "sig", "alg": algorithm}
    if kind == "rsa":
        numbers = [part.lstrip(b"\0") for part in parts[1:9]]
        names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        return {"kty": "RSA", **head, **{name: _text(number) for name, number in zip(names, numbers)}}
    # The last element holds the point, uncompressed: a bit string of 0 unused bits, 04, x, y.
    point = _content(parts[-1])[-64:]
    x, y = point[:32], point[32:]
    return {"kty": "EC", "crv": "P-256", **head, "x": _text(x), "y": _text(y), "d": _text(parts[1])}


def public_jwk(private: dict) -> dict:
    """The key without its private members."""
    return {name: value for name, value in private.items() if name not in PRIVATE_MEMBERS}


def der_of(pem: str) -> str:
    """The certificate as an element of `x5c`: base64 of its DER (RFC7517-4.7)."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))


def _openssl(*arguments: str, stdin: str | None = None) -> bytes:
    data = None if stdin is None else stdin.encode()
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def _text(number: bytes) -> str:
    return base64.urlsafe_b64encode(number).rstrip(b"=").decode()


def _content(der: bytes) -> bytes:
    """The content of one DER element."""
    return _split(der)[0]


def _parts(der: bytes) -> list[bytes]:
    """The contents of the DER elements that follow each other."""
    parts = []
    while der:
        content, der = _split(der)
        parts.append(content)
    return parts


def _split(der: bytes) -> tuple[bytes, bytes]:
    """The content of the first DER element, and what comes after it (X.690 8.1)."""
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length], der[start + length :]
