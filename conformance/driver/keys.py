"""Keys and certificates, made by `openssl`; and a key as the JWK that the suite and the registration want."""

import base64
import subprocess

RSA = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
EC = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]

# What a key of that algorithm is; the last two encrypt.
OPTIONS = {
    "PS256": RSA,
    "ES256": EC,
    "EdDSA": ["-algorithm", "ED25519"],
    "RSA-OAEP-256": RSA,
    "ECDH-ES": EC,
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
    use = "enc" if algorithm in {"RSA-OAEP-256", "ECDH-ES"} else "sig"
    return {**_members(key, OPTIONS[algorithm]), "kid": kid, "use": use, "alg": algorithm}


def _members(key: str, kind: list[str]) -> dict:
    if kind == RSA:
        # RSAPrivateKey (RFC8017-A.1.2): after the version, the numbers.
        parts = _parts(_content(_openssl("rsa", "-outform", "DER", "-traditional", stdin=key)))
        names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        return {"kty": "RSA", **{name: _text(part.lstrip(b"\0")) for name, part in zip(names, parts[1:9])}}
    if kind == EC:
        # ECPrivateKey (RFC5915-3). The last element holds the point, uncompressed: a bit string of 0 unused bits, 04, x, y.
        parts = _parts(_content(_openssl("ec", "-outform", "DER", stdin=key)))
        point = _content(parts[-1])[-64:]
        return {"kty": "EC", "crv": "P-256", "x": _text(point[:32]), "y": _text(point[32:]), "d": _text(parts[1])}
    # RFC8410: both forms end with their 32 octets.
    private, public = _openssl("pkey", "-outform", "DER", stdin=key), _openssl("pkey", "-pubout", "-outform", "DER", stdin=key)
    return {"kty": "OKP", "crv": "Ed25519", "x": _text(public[-32:]), "d": _text(private[-32:])}


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
